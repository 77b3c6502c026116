package chart

import (
	"image"
	"image/png"
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// png writes the scene as an image of the given dots per inch.
func (s *scene) png(w io.Writer, dpi int) error {
	c := vgimg.NewWith(vgimg.UseWH(vg.Points(s.width), vg.Points(s.height)), vgimg.UseDPI(dpi))
	p := raster{c: c, height: s.height}
	for _, m := range s.marks[1:] { // the first is the paper, which is white already
		p.mark(m)
	}
	return png.Encode(w, paletted(c.Image().(*image.RGBA))) // what vgimg paints on
}

// raster paints marks on a canvas whose y axis points up.
type raster struct {
	c      *vgimg.Canvas
	height float64
}

func (p raster) mark(m mark) {
	switch m := m.(type) {
	case rect:
		p.rect(m)
	case line:
		p.c.SetColor(m.color.rgb())
		p.c.SetLineWidth(vg.Points(m.width))
		p.c.Stroke(p.path(m.x1, m.y1, m.x2, m.y2))
	case curve:
		p.curve(m)
	case dot:
		p.dot(m)
	case label:
		p.c.SetColor(m.color.rgb())
		p.c.FillString(m.face.face(), p.at(m.left(m.face.width(m.text)), m.baseline), m.text)
	}
}

func (p raster) rect(r rect) {
	path := p.path(r.x, r.y, r.x+r.w, r.y, r.x+r.w, r.y+r.h, r.x, r.y+r.h)
	path.Close()
	p.c.SetColor(r.fill.rgb())
	p.c.Fill(path)
	if r.stroke != r.fill {
		p.c.SetColor(r.stroke.rgb())
		p.c.SetLineWidth(vg.Points(gridWidth))
		p.c.Stroke(path)
	}
}

func (p raster) curve(k curve) {
	if len(k.points) < 2 {
		return
	}
	var xy []float64
	for _, at := range k.points {
		xy = append(xy, at[0], at[1])
	}
	p.c.SetColor(k.color.rgb())
	p.c.SetLineWidth(vg.Points(k.width))
	p.c.Stroke(p.path(xy...))
}

func (p raster) dot(d dot) {
	path := p.path(d.x-d.r, d.y-d.r, d.x+d.r, d.y-d.r, d.x+d.r, d.y+d.r, d.x-d.r, d.y+d.r)
	if !d.square {
		path = p.path(d.x+d.r, d.y)
		path.Arc(p.at(d.x, d.y), vg.Points(d.r), 0, 2*math.Pi)
	}
	path.Close()
	p.c.SetColor(d.color.rgb())
	if d.hollow {
		p.c.SetColor(white.rgb())
	}
	p.c.Fill(path)
	p.c.SetColor(d.color.rgb())
	p.c.SetLineWidth(vg.Points(whiskerWidth))
	p.c.Stroke(path)
}

// path joins points given as x, y, x, y, …
func (p raster) path(xy ...float64) vg.Path {
	var path vg.Path
	path.Move(p.at(xy[0], xy[1]))
	for i := 2; i < len(xy); i += 2 {
		path.Line(p.at(xy[i], xy[i+1]))
	}
	return path
}

func (p raster) at(x, y float64) vg.Point {
	return vg.Point{X: vg.Points(x), Y: vg.Points(p.height - y)}
}
