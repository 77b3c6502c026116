package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"barometer/internal/i18n"
)

// naming is what an image says of itself to those who cannot see it.
type naming struct {
	id, title, alt string
	lang           i18n.Lang
}

// svg writes the scene as one <svg> element, fit to stand alone or in a page.
// Everything is a presentation attribute: a page whose security policy forbids
// inline styles shows it unchanged. Bytes depend on the scene alone.
func (s *scene) svg(w io.Writer, n naming) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="%s" aria-labelledby="%s-title %s-desc" viewBox="0 0 %s %s" width="%smm" height="%smm" font-family="%s">`+"\n",
		n.lang, escape(n.id), escape(n.id), num(s.width), num(s.height), num(s.width/millimetre), num(s.height/millimetre), escape(fontFamily))
	fmt.Fprintf(&b, "<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n", escape(n.id), escape(n.title), escape(n.id), escape(n.alt))
	for _, m := range s.marks {
		writeMark(&b, m)
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func writeMark(b *bytes.Buffer, m mark) {
	switch m := m.(type) {
	case rect:
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"%s/>`, num(m.x), num(m.y), num(m.w), num(m.h), m.fill.hex(), outline(m))
	case line:
		fmt.Fprintf(b, `<path d="M%s %sL%s %s" stroke="%s" stroke-width="%s"/>`, num(m.x1), num(m.y1), num(m.x2), num(m.y2), m.color.hex(), num(m.width))
	case curve:
		writeCurve(b, m)
	case dot:
		writeDot(b, m)
	case label:
		writeLabel(b, m)
	}
	b.WriteByte('\n')
}

func writeCurve(b *bytes.Buffer, k curve) {
	fmt.Fprintf(b, `<path fill="none" stroke="%s" stroke-width="%s" d="`, k.color.hex(), num(k.width))
	for i, p := range k.points {
		fmt.Fprintf(b, "%c%s %s", "LM"[btoi(i == 0)], num(p[0]), num(p[1]))
	}
	b.WriteString(`"/>`)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func outline(r rect) string {
	if r.stroke == r.fill {
		return ""
	}
	return fmt.Sprintf(` stroke="%s" stroke-width="%s"`, r.stroke.hex(), num(gridWidth))
}

func writeDot(b *bytes.Buffer, d dot) {
	fill := d.color
	if d.hollow {
		fill = white
	}
	paint := fmt.Sprintf(`fill="%s" stroke="%s" stroke-width="%s"`, fill.hex(), d.color.hex(), num(whiskerWidth))
	if d.square {
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" %s/>`, num(d.x-d.r), num(d.y-d.r), num(2*d.r), num(2*d.r), paint)
		return
	}
	fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="%s" %s/>`, num(d.x), num(d.y), num(d.r), paint)
}

func writeLabel(b *bytes.Buffer, l label) {
	fmt.Fprintf(b, `<text x="%s" y="%s" font-size="%s" fill="%s"`, num(l.x), num(l.baseline), num(l.face.size), l.color.hex())
	if l.face.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if l.anchor != start {
		fmt.Fprintf(b, ` text-anchor="%s"`, []string{"start", "middle", "end"}[l.anchor])
	}
	fmt.Fprintf(b, `>%s</text>`, escape(l.text))
}

// num writes a length to a hundredth of a point.
func num(x float64) string {
	b := strconv.AppendFloat(nil, x, 'f', 2, 64)
	b = bytes.TrimRight(b, "0")
	b = bytes.TrimSuffix(b, []byte("."))
	if string(b) == "-0" {
		return "0"
	}
	return string(b)
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer takes every write
	return b.String()
}

func (t tint) hex() string { return fmt.Sprintf("#%06X", uint32(t)) }
