// hclranges says what HashiCorp's own HCL parser makes of files: the same version of it as in
// terraform 1.11. The tests in C ask it about thousands of files in one run.
//
//	hclranges < frames > answers        each frame "<length>\n<bytes>", each answer a frame too
//	hclranges -identifiers              which code points a name may begin with, and go on with
//
// An answer is a list of lines: for a refused file "E line column summary", one for each
// diagnostic in the order in which terraform shows them; else the tree, a line for each node.
// tree.go says how a node is written; tests/support/hcl_oracle_tree.c writes ours alike.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func parse(src []byte) (*hcl.File, hcl.Diagnostics) {
	return hclsyntax.ParseConfig(src, "it", hcl.InitialPos)
}

// Terraform shows errors by position; those at one place in the order in which they arose.
func writeDiagnostics(out *bytes.Buffer, diags hcl.Diagnostics) {
	sort.SliceStable(diags, func(i, j int) bool {
		return diags[i].Subject.Start.Byte < diags[j].Subject.Start.Byte
	})
	for _, d := range diags {
		fmt.Fprintf(out, "E %d %d %s\n", d.Subject.Start.Line, d.Subject.Start.Column, d.Summary)
	}
}

func answer(src []byte) []byte {
	var out bytes.Buffer

	file, diags := parse(src)
	if diags.HasErrors() {
		writeDiagnostics(&out, diags)
	} else {
		writeBody(&out, 0, file.Body.(*hclsyntax.Body))
	}
	return out.Bytes()
}

func frames() error {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)

	for {
		var length int
		if _, err := fmt.Fscanf(in, "%d\n", &length); err == io.EOF {
			return out.Flush()
		} else if err != nil {
			return err
		}
		src := make([]byte, length)
		if _, err := io.ReadFull(in, src); err != nil {
			return err
		}
		told := answer(src)
		fmt.Fprintf(out, "%d\n", len(told))
		out.Write(told)
	}
}

// Lines "start FIRST LAST" and "continue FIRST LAST", in hexadecimal.
func identifiers() {
	for _, place := range []struct{ name, before string }{{"start", ""}, {"continue", "a"}} {
		first := rune(-1)
		for r := rune(0x80); r <= 0x110000; r++ {
			taken := false
			if r <= 0x10FFFF && (r < 0xD800 || r > 0xDFFF) {
				_, diags := parse([]byte(place.before + string(r) + "=1\n"))
				taken = !diags.HasErrors()
			}
			if taken && first < 0 {
				first = r
			} else if !taken && first >= 0 {
				fmt.Printf("%s %04X %04X\n", place.name, first, r-1)
				first = -1
			}
		}
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-identifiers" {
		identifiers()
		return
	}
	if err := frames(); err != nil {
		fmt.Fprintln(os.Stderr, "hclranges:", err)
		os.Exit(1)
	}
}
