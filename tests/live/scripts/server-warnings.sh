mkdir -p $C/odd/templates
printf 'apiVersion: v2\nname: odd\nversion: 0.1.0\n' > $C/odd/Chart.yaml
cat > $C/odd/templates/odd.yaml <<'X'
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {a: b}
zz: 1
"q\"\\é": 2
comma, "quoted", and 299 - "x": 3
X
r $A install one $C/odd --server-side=false
r $B upgrade one $C/odd --server-side=false --set a=b
r $B uninstall one
cat > $C/odd/templates/odd.yaml <<'X'
apiVersion: v1
kind: Endpoints
metadata: {name: "{{ .Release.Name }}"}
X
r $A install two $C/odd
r $B uninstall two
