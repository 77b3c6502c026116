# {{.Title}}
# {{.Citation}}
{{with .Synthetic}}# {{.}}
{{end}}#
# {{.Say "Kør scriptet i mappen med filerne. Det kræver pandas." "Run the script in the folder of the files. It needs pandas."}}
import pandas as pd

raw = pd.read_csv("microdata.csv", dtype=str, keep_default_na=False)

# {{.Say "Manglende svar står som årsag i kantede parenteser. Årsagerne samles i missing." "A missing answer is given as its reason in brackets. The reasons are gathered in missing."}}
reasons = {
{{- range .Missing}}
    {{py .Code}}: {{py .Label}},
{{- end}}
}
missing = raw.apply(lambda column: column.map(reasons))
data = raw.mask(raw.isin(reasons.keys()) | (raw == ""))

# {{.Say "Koder og deres betydning." "Codes and what they stand for."}}
labels = {
{{- range .Variables}}
    {{py .Name}}: {{py .Label}},
{{- end}}
}
codes = {
{{- range .Variables}}{{if .Coded}}
    {{py .Name}}: { {{- range .Codes}}{{py .Code}}: {{py .Label}}, {{end -}} },
{{- end}}{{end}}
}
numbers = [{{range .Variables}}{{if and (not .Coded) (not .Text)}}{{py .Name}}, {{end}}{{end}}]
for name, words in codes.items():
    unknown = set(data[name].dropna()) - set(words)
    if unknown:
        raise ValueError(f"{name}: codes that are not in the codebook: {sorted(unknown)}")
    data[name] = pd.Categorical(data[name].map(words), list(words.values()))
for name in numbers:
    data[name] = pd.to_numeric(data[name])
{{if .Replicates}}
# {{.Say "Replikatvægte: usikkerheden er spredningen af estimaterne." "Replicate weights: the spread of the estimates is the uncertainty."}}
replicates = pd.read_csv("replicates.csv", index_col={{py .Record}}).loc[data[{{py .Record}}]]
SCALE = {{num .Scale}}


def mean(values):
    """{{.Say "Vægtet gennemsnit og dets standardfejl, uden manglende svar." "The weighted mean and its standard error, without missing answers."}}"""
    there = values.notna().to_numpy()
    y, w, reps = values[there].to_numpy(float), data[{{py .Weight}}][there].to_numpy(), replicates[there].to_numpy()
    estimates = y @ reps / reps.sum(axis=0)
    return y @ w / w.sum(), (SCALE * ((estimates - estimates.mean()) ** 2).sum()) ** 0.5
{{with .Example}}

# {{$.Say "Eksempel" "Example"}}: {{.Label}}
# {{$.Say "Offentliggjort" "Published"}}: {{pct .Value}} %, {{$.Say "standardfejl" "standard error"}} {{pct .SE}}
if __name__ == "__main__":
    value, error = mean(data[{{py .Variable}}])
    print(f"replicates: {100 * value:.3f} % (SE {100 * error:.3f})")
{{end}}{{end -}}
