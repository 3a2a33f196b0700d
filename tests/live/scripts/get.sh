r $A install one $C/app --set cache.enabled=true --description first
r $B upgrade one $C/app --set settings.mode=fancy
for what in all values manifest hooks notes metadata; do
  r $B get $what one
  r $B get $what one --revision 1
  r $B get $what one --revision 9
  r $B get $what nothing
done
r $B get all one --template '{{ .Release.Name }} {{ .Release.Info.Status }} {{ .Release.Version }}'
r $B get all one --template '{{ .Nope }}'
r $B get all one --template '{{'
r $B get metadata one -o json
r $B get metadata one -o nothing
r $B get values one -o table
r $B get notes one two
