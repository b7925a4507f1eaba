package main

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// One node: its depth as dots, its kind, its bytes, and what else belongs to it.
func line(out *bytes.Buffer, depth int, kind string, start, end int, more ...string) {
	fmt.Fprintf(out, "%s%s %d %d", strings.Repeat(".", depth), kind, start, end)
	for _, m := range more {
		fmt.Fprintf(out, " %s", m)
	}
	out.WriteByte('\n')
}

func writeBody(out *bytes.Buffer, depth int, body *hclsyntax.Body) {
	type item struct {
		at    int
		write func()
	}
	var items []item

	for _, a := range body.Attributes {
		a := a
		items = append(items, item{a.NameRange.Start.Byte, func() {
			line(out, depth, "attribute", a.SrcRange.Start.Byte, a.SrcRange.End.Byte, a.Name)
			writeExpr(out, depth+1, a.Expr)
		}})
	}
	for _, b := range body.Blocks {
		b := b
		items = append(items, item{b.TypeRange.Start.Byte, func() { writeBlock(out, depth, b) }})
	}
	sort.Slice(items, func(i, j int) bool { return items[i].at < items[j].at })
	for _, i := range items {
		i.write()
	}
}

func writeBlock(out *bytes.Buffer, depth int, b *hclsyntax.Block) {
	line(out, depth, "block", b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte, b.Type)
	for _, l := range b.LabelRanges {
		line(out, depth+1, "label", l.Start.Byte, l.End.Byte)
	}
	line(out, depth+1, "body", b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte)
	writeBody(out, depth+2, b.Body)
}

// Only what is ASCII can be compared: HCL brings other texts into a normal form.
func text(v cty.Value) string {
	if v.IsNull() || v.Type() != cty.String {
		return "-"
	}
	for _, c := range []byte(v.AsString()) {
		if c >= 0x80 {
			return "-"
		}
	}
	return fmt.Sprintf("%x", v.AsString())
}

// A traversal's steps become nodes around the node before, as if each had been parsed alone. The
// innermost is written first, after the number of steps; so nothing need be turned around.
func writeSteps(out *bytes.Buffer, depth int, steps hcl.Traversal) {
	for _, s := range steps {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			line(out, depth, "step", s.SrcRange.Start.Byte, s.SrcRange.End.Byte, s.Name)
		case hcl.TraverseIndex:
			kind := "number"
			if s.Key.Type() == cty.String {
				kind = "text"
			}
			line(out, depth, "step", s.SrcRange.Start.Byte, s.SrcRange.End.Byte, "["+kind+"]")
		}
	}
}

// HCL gives the element that a splat is at the bytes of the mark, "[*]". Here it is empty and
// stands behind the mark, for the mark is the splat's.
func span(e hclsyntax.Node) (int, int) {
	r := e.Range()
	start := r.Start.Byte

	switch e := e.(type) {
	case *hclsyntax.AnonSymbolExpr:
		start = r.End.Byte
	case *hclsyntax.RelativeTraversalExpr:
		start, _ = span(e.Source)
	case *hclsyntax.IndexExpr:
		start, _ = span(e.Collection)
	case *hclsyntax.SplatExpr:
		start, _ = span(e.Source)
	}
	return start, r.End.Byte
}

func writeParts(out *bytes.Buffer, depth int, parts []hclsyntax.Expression) {
	pending, start, end := "", -1, -1

	flush := func() {
		if pending != "" {
			line(out, depth, "literal", start, end, text(cty.StringVal(pending)))
		}
		pending, start = "", -1
	}
	for _, p := range parts {
		if l, ok := p.(*hclsyntax.LiteralValueExpr); ok && l.Val.Type() == cty.String {
			from, to := span(p)
			if l.Val.AsString() == "" {
				continue
			}
			if start < 0 {
				start = from
			}
			end = to
			pending += l.Val.AsString()
			continue
		}
		flush()
		writeExpr(out, depth, p)
	}
	flush()
}

// HCL gives what stands between two directives the bytes from its first expression to its last.
func writeBetween(out *bytes.Buffer, depth int, expr hclsyntax.Expression) {
	e := expr.(*hclsyntax.TemplateExpr)
	start, _ := span(e.Parts[0])
	_, end := span(e.Parts[len(e.Parts)-1])
	line(out, depth, "template", start, end)
	writeParts(out, depth+1, e.Parts)
}

// Both of HCL's conditionals are of one type; but only a directive goes on behind its last result.
func isDirective(e *hclsyntax.ConditionalExpr) bool {
	return e.SrcRange.End.Byte > e.FalseResult.Range().End.Byte
}

func writeFor(out *bytes.Buffer, depth int, kind string, e *hclsyntax.ForExpr) {
	start, end := span(e)
	line(out, depth, kind, start, end, fmt.Sprintf("%s,%s", e.KeyVar, e.ValVar),
		fmt.Sprint(e.Group))
	for _, part := range []hclsyntax.Expression{e.CollExpr, e.KeyExpr, e.ValExpr, e.CondExpr} {
		if part != nil && part == e.ValExpr && kind == "directive" {
			writeBetween(out, depth+1, part)
		} else if part != nil {
			writeExpr(out, depth+1, part)
		}
	}
}

var operators = map[*hclsyntax.Operation]string{
	hclsyntax.OpLogicalOr: "|", hclsyntax.OpLogicalAnd: "&", hclsyntax.OpLogicalNot: "!",
	hclsyntax.OpEqual: "e", hclsyntax.OpNotEqual: "n", hclsyntax.OpGreaterThan: ">",
	hclsyntax.OpGreaterThanOrEqual: "g", hclsyntax.OpLessThan: "<", hclsyntax.OpLessThanOrEqual: "l",
	hclsyntax.OpAdd: "+", hclsyntax.OpSubtract: "-", hclsyntax.OpMultiply: "*",
	hclsyntax.OpDivide: "/", hclsyntax.OpModulo: "%", hclsyntax.OpNegate: "-",
}

func writeExpr(out *bytes.Buffer, depth int, expr hclsyntax.Expression) {
	start, end := span(expr)
	children := []hclsyntax.Expression{}

	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		line(out, depth, "value", start, end, text(e.Val))
	case *hclsyntax.TemplateExpr:
		line(out, depth, "template", start, end)
		writeParts(out, depth+1, e.Parts)
	case *hclsyntax.TemplateWrapExpr:
		line(out, depth, "template", start, end)
		children = append(children, e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		writeFor(out, depth, "directive", e.Tuple.(*hclsyntax.ForExpr))
	case *hclsyntax.ScopeTraversalExpr:
		line(out, depth, "variable", start, end, e.Traversal.RootName())
		writeSteps(out, depth+1, e.Traversal[1:])
	case *hclsyntax.RelativeTraversalExpr:
		line(out, depth, "relative", start, end)
		writeExpr(out, depth+1, e.Source)
		writeSteps(out, depth+1, e.Traversal)
	case *hclsyntax.IndexExpr:
		line(out, depth, "index", start, end)
		children = append(children, e.Collection, e.Key)
	case *hclsyntax.SplatExpr:
		line(out, depth, "splat", start, end)
		children = append(children, e.Source, e.Each)
	case *hclsyntax.AnonSymbolExpr:
		line(out, depth, "each", start, end)
	case *hclsyntax.FunctionCallExpr:
		line(out, depth, "call", start, end, e.Name, fmt.Sprint(e.ExpandFinal))
		children = append(children, e.Args...)
	case *hclsyntax.TupleConsExpr:
		line(out, depth, "tuple", start, end)
		children = append(children, e.Exprs...)
	case *hclsyntax.ObjectConsExpr:
		line(out, depth, "object", start, end)
		for _, i := range e.Items {
			children = append(children, i.KeyExpr, i.ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		if name := hcl.ExprAsKeyword(e.Wrapped); name != "" && !e.ForceNonLiteral {
			line(out, depth, "key", start, end)
		} else {
			children = append(children, e.Wrapped)
			depth--
		}
	case *hclsyntax.ForExpr:
		writeFor(out, depth, "for", e)
	case *hclsyntax.ConditionalExpr:
		line(out, depth, "conditional", start, end)
		if isDirective(e) {
			writeExpr(out, depth+1, e.Condition)
			writeBetween(out, depth+1, e.TrueResult)
			writeBetween(out, depth+1, e.FalseResult)
			return
		}
		children = append(children, e.Condition, e.TrueResult, e.FalseResult)
	case *hclsyntax.BinaryOpExpr:
		line(out, depth, "binary", start, end, operators[e.Op])
		children = append(children, e.LHS, e.RHS)
	case *hclsyntax.UnaryOpExpr:
		line(out, depth, "unary", start, end, operators[e.Op])
		children = append(children, e.Val)
	case *hclsyntax.ParenthesesExpr:
		line(out, depth, "parentheses", start, end)
		children = append(children, e.Expression)
	default:
		line(out, depth, fmt.Sprintf("%T", expr), start, end)
	}
	for _, c := range children {
		writeExpr(out, depth+1, c)
	}
}
