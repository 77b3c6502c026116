// Package web is the shell around every page: layout, assets, error pages,
// security headers, request log and server.
//
// A section of the site (the survey, the published results, the casebook)
// brings its own templates and messages as [Views] and its own handlers as
// chi routes; the shell puts the same head, banner, navigation and footer
// around them in the reader's language, and answers every failure with the
// same error page. Pages are complete without JavaScript.
//
// The package knows no survey and no table. What the service is called, who
// runs it and where its navigation leads are configuration.
package web
