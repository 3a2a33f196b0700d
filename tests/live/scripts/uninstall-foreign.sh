q $A install one $C/words --set count=4
k annotate cm one-1 meta.helm.sh/release-name=other --overwrite >/dev/null
k label cm one-2 app.kubernetes.io/managed-by- >/dev/null
k delete cm one-3 >/dev/null
r $B uninstall one --dry-run
r $B uninstall one
k get cm -o name
q $A install two $C/words
k patch cm two-0 --type merge -p '{"metadata":{"finalizers":["steersman.example/stay"]}}' >/dev/null
r $B uninstall two --wait --timeout 2s
k patch cm two-0 --type merge -p '{"metadata":{"finalizers":null}}' >/dev/null
r $B history two
q $A install three $C/words
k patch cm three-0 --type merge -p '{"metadata":{"finalizers":["steersman.example/stay"]}}' >/dev/null
r $B uninstall three --wait=legacy --timeout 3s
k patch cm three-0 --type merge -p '{"metadata":{"finalizers":null}}' >/dev/null
r $B history three
