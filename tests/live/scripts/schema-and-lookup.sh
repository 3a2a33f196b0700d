cat > $C/words/values.schema.json <<'V'
{"type": "object", "properties": {"count": {"type": "integer", "maximum": 3}}}
V
r $A install one $C/words --set count=5
r $A install one $C/words --set count=5 --skip-schema-validation
r $B upgrade one $C/words --set count=6
r $B upgrade one $C/words --set count=6 --skip-schema-validation
r $B upgrade one $C/words --set count=1
r $B history one
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: looked}\ndata: {words: {{ range $i, $c := (lookup "v1" "ConfigMap" .Release.Namespace "").items }}{{ .metadata.name }} {{ end }}, word: {{ dig "data" "word" "none" (lookup "v1" "ConfigMap" .Release.Namespace "one-0") }}}\n' > $C/words/templates/looked.yaml
r $B upgrade one $C/words --dry-run=client --hide-notes
r $B upgrade one $C/words --dry-run=server
r $B upgrade one $C/words
k get cm looked -o jsonpath='{.data}'; echo
