// HashiCorp's own parsers as sides of the HCL bench: what side.h says, in Go.
//
//	hclwrite_rival hclsyntax|hclwrite DIRECTORY LIST [EXPECTED]
//
// hclsyntax builds the tree that terraform evaluates; hclwrite the lossless one that can be edited.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

type source struct {
	path  string
	bytes []byte
}

// parser gives a tree and its number of top-level blocks; nil: refused.
type parser func(file source) (tree any, blocks func() int)

type side struct {
	parse    parser
	files    []source
	bytes    int
	expected [][]string
}

var start = hcl.Pos{Byte: 0, Line: 1, Column: 1}

func parseSyntax(file source) (any, func() int) {
	tree, diagnostics := hclsyntax.ParseConfig(file.bytes, file.path, start)
	if diagnostics.HasErrors() {
		return nil, nil
	}
	return tree, func() int { return len(tree.Body.(*hclsyntax.Body).Blocks) }
}

func parseWrite(file source) (any, func() int) {
	tree, diagnostics := hclwrite.ParseConfig(file.bytes, file.path, start)
	if diagnostics.HasErrors() {
		return nil, nil
	}
	return tree, func() int { return len(tree.Body().Blocks()) }
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func readLines(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func (s *side) read(directory, list string) {
	for _, path := range readLines(list) {
		text, err := os.ReadFile(filepath.Join(directory, path))
		if err != nil {
			fail(err)
		}
		s.files = append(s.files, source{path, text})
		s.bytes += len(text)
	}
}

// memoryKB reads a line of /proc/self/status: "VmHWM:" (most ever), "VmRSS:".
func memoryKB(what string) int {
	for _, line := range readLines("/proc/self/status") {
		if strings.HasPrefix(line, what) {
			kb, _ := strconv.Atoi(strings.Fields(line)[1])
			return kb
		}
	}
	return 0
}

type moment struct{ cpu, wall int64 }

// now reads what the whole process has used, its garbage collector included, and the clock.
func now() moment {
	return moment{clock(2), clock(1)} // CLOCK_PROCESS_CPUTIME_ID, CLOCK_MONOTONIC
}

func clock(id uintptr) int64 {
	var at syscall.Timespec
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, id, uintptr(unsafe.Pointer(&at)), 0); failed != 0 {
		fail(failed)
	}
	return at.Nano()
}

type times struct{ cpu, wall []int64 }

func (t *times) add(begun, ended moment) {
	t.cpu = append(t.cpu, ended.cpu-begun.cpu)
	t.wall = append(t.wall, ended.wall-begun.wall)
}

func (t *times) print(name string) string {
	return ordered(name, t.cpu) + ordered(name+"_wall", t.wall)
}

func ordered(name string, all []int64) string {
	sort.Slice(all, func(i, k int) bool { return all[i] < all[k] })
	return fmt.Sprintf(" %s_p50_ns=%d %s_p99_ns=%d", name, all[len(all)/2], name, all[len(all)*99/100])
}

func (s *side) survey(path string) string {
	var out strings.Builder
	accepted, total := 0, 0
	for _, file := range s.files {
		tree, blocks := s.parse(file)
		verdict, n := "refused", 0
		if tree != nil {
			verdict, n = "accepted", blocks()
			accepted++
		}
		total += n
		fmt.Fprintf(&out, "%s\t%s\t%d\n", file.path, verdict, n)
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		fail(err)
	}
	return fmt.Sprintf(" files=%d bytes=%d accepted=%d blocks=%d", len(s.files), s.bytes, accepted, total)
}

func (s *side) turn(milliseconds string) string {
	wait, _ := strconv.Atoi(milliseconds)
	end := time.Now().Add(time.Duration(wait) * time.Millisecond)
	var passes times
	for len(passes.cpu) == 0 || time.Now().Before(end) {
		begun := now()
		for _, file := range s.files {
			s.parse(file)
		}
		passes.add(begun, now())
	}
	return fmt.Sprintf(" passes=%d peak_kb=%d", len(passes.cpu), memoryKB("VmHWM:")) + passes.print("pass")
}

func (s *side) hold() string {
	trees := make([]any, 0, len(s.files))
	for _, file := range s.files {
		tree, _ := s.parse(file)
		trees = append(trees, tree)
	}
	held := fmt.Sprintf(" held_kb=%d", memoryKB("VmRSS:"))
	runtime.KeepAlive(trees)
	return held
}

// literal is the value of an expected row, read before the clock starts.
func literal(text string) cty.Value {
	expression, diagnostics := hclsyntax.ParseExpression([]byte(text), "", start)
	if diagnostics.HasErrors() {
		fail(diagnostics)
	}
	value, _ := expression.Value(nil)
	return value
}

// digest is FNV-1a; blanks are left out, since sides may lay out a line differently.
func digest(sum uint64, text []byte) uint64 {
	for _, b := range text {
		if b != ' ' && b != '\n' {
			sum = (sum ^ uint64(b)) * 0x100000001b3
		}
	}
	return sum
}

func (s *side) editAll(kind string, column int) string {
	sources := map[string]source{}
	for _, file := range s.files {
		sources[file.path] = file
	}
	var whole, withTree times
	sum := uint64(0xcbf29ce484222325)
	for _, row := range s.expected {
		file, value := sources[row[3]], literal(row[column+1])
		begun := now()
		tree, diagnostics := hclwrite.ParseConfig(file.bytes, file.path, start)
		if diagnostics.HasErrors() {
			fail(diagnostics)
		}
		parsed := now()
		block := tree.Body().FirstMatchingBlock("resource", []string{row[4], row[5]})
		block.Body().SetAttributeValue(row[column], value)
		text := tree.Bytes()
		ended := now()
		withTree.add(parsed, ended)
		whole.add(begun, ended)
		sum = digest(sum, text)
	}
	return withTree.print(kind+"_tree") + whole.print(kind+"_parse") + fmt.Sprintf(" %s_digest=%016x", kind, sum)
}

func (s *side) answer(command, argument string) string {
	switch command {
	case "survey":
		return s.survey(argument)
	case "turn":
		return s.turn(argument)
	case "hold":
		return s.hold()
	case "edit":
		return s.editAll("change", 6) + s.editAll("add", 8)
	}
	fail(fmt.Errorf("there is no command %q", command))
	return ""
}

func main() {
	runtime.GOMAXPROCS(1) // one core, as the others have
	if len(os.Args) < 4 {
		fail(fmt.Errorf("usage: %s hclsyntax|hclwrite DIRECTORY LIST [EXPECTED]", os.Args[0]))
	}
	s := side{parse: parseSyntax}
	if os.Args[1] == "hclwrite" {
		s.parse = parseWrite
	}
	s.read(os.Args[2], os.Args[3])
	if len(os.Args) > 4 {
		for _, line := range readLines(os.Args[4]) {
			s.expected = append(s.expected, strings.Split(line, "\t"))
		}
	}
	fmt.Printf("ready files=%d bytes=%d loaded_kb=%d\n", len(s.files), s.bytes, memoryKB("VmRSS:"))
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		command, argument, _ := strings.Cut(input.Text(), " ")
		fmt.Printf("%s%s\n", command, s.answer(command, argument))
	}
}
