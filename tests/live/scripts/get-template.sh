q $A install one $C/app --set cache.enabled=true,a=1
while IFS= read -r t; do r $B get all one --template "$t"; done <<'X'
{{ .Release.Name }} {{ .Release.Version }} {{ .Release.Namespace }} {{ .Release.ApplyMethod }} {{ .Release.Config.a }}
{{ .Release.Info.LastDeployed.Year }} {{ .Release.Info.LastDeployed.Format "2006" }} {{ .Release.Info.Deleted }} {{ .Release.Info.LastDeployed }}
{{ .Release.Info.Nope }}
{{ .Release.Chart.Nope }}
{{ .Release.Chart.Metadata.Nope }}
{{ .Release.Chart.Metadata.ApiVersion }}
{{ .Release.Chart.Name }} {{ .Release.Chart.AppVersion }} {{ .Release.Chart.IsRoot }} {{ .Release.Chart.Files }} {{ .Release.Chart.Values.cache }}
{{ with .Release.Chart.Metadata }}{{ .Version }}{{ .Keywords }}{{ .Deprecated }}{{ .Annotations }}{{ .Type }}{{ range .Dependencies }}{{ .Name }}{{ .Enabled }}{{ .Tags }}{{ end }}{{ end }}
{{ range .Release.Hooks }}{{ .Name }}{{ .Events }}{{ .LastRun.Phase }}{{ .LastRun.StartedAt }}{{ .Weight }}{{ .DeletePolicies }}{{ .OutputLogPolicies }}{{ end }}
{{ (index .Release.Hooks 0).LastRun.Nope }}
{{ range .Release.Chart.Templates }}{{ .Name }} {{ printf "%s" .Data | len }} {{ end }}
{{ printf "%+v" .Release.Info }}
{{ printf "%+v" (index .Release.Hooks 0).LastRun }}
{{ eq .Release.Info.Status "deployed" }} {{ .Release.Info.Resources }} {{ .Release.Labels }}
{{ .Release.Nope }}
{{ .Nope }}
X
