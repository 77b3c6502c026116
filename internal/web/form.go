package web

// Fault is one thing to put right in a form: what is wrong, and the id of the
// element where it is put right.
type Fault struct {
	Target  string
	Message string
}

// summaryTemplate lists what must be put right above a form. It takes focus
// when the page opens, so that a screen reader starts there, and each entry
// leads to its field.
const summaryTemplate = `{{if .}}<div class="error-summary" id="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-heading">
<h2 class="h3" id="error-summary-heading">{{summaryHeading}}</h2>
<ul>{{range .}}
<li><a href="#{{.Target}}">{{.Message}}</a></li>{{end}}
</ul>
</div>{{end}}`
