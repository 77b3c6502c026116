package estimate

import (
	"context"

	"barometer/weighting/design"
)

// Warning is something the reader of an estimate should know.
type Warning string

// Run estimates everything asked for from one scan of the data, where nothing
// of an element sample need be kept by row, or else from three: for the design,
// the domains and the items.
//
// Estimates come item by item in the order of the request, for each item
// breakdown by breakdown, for each breakdown its domains in the order of their
// levels. Errors are *DataError, *DesignError and *variance.LonelyError.
func Run(ctx context.Context, src Source, spec design.Spec, req Request) ([]Estimate, []Warning, error) {
	if err := req.check(); err != nil {
		return nil, nil, err
	}
	r, err := reduced(ctx, src, spec, req)
	if err != nil {
		return nil, nil, err
	}
	estimates, err := r.estimates(req)
	if err != nil {
		return nil, nil, err
	}
	return estimates, r.sample.Warnings, r.sample.ratioDeffs(ctx, src, req, estimates)
}

// reduced sums the items by cell: at the source where it offers to, else in one
// scan where that is enough and the data are without fault, else with the
// sample's rows kept.
func reduced(ctx context.Context, src Source, spec design.Spec, req Request) (*reduction, error) {
	_, sums := src.(Reducer)
	if !sums {
		r, err := streamed(ctx, src, spec, req)
		if err == nil || ctx.Err() != nil {
			return r, err
		}
	}
	return kept(ctx, src, spec, req)
}

// kept sums the items from a sample that keeps its rows.
func kept(ctx context.Context, src Source, spec design.Spec, req Request) (*reduction, error) {
	s, err := Resolve(ctx, src, spec)
	if err != nil {
		return nil, err
	}
	if r, ok := src.(Reducer); ok && s.reducible(spec) {
		return s.reduceAtSource(ctx, r, spec, req.breakdowns(), req.Items)
	}
	return s.reduce(ctx, src, req.breakdowns(), req.Items)
}
