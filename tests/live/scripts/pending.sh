q $A install one $C/words
(timeout -s KILL 4 $A upgrade one $C/words --wait --timeout 60s --set-literal 'extra=---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {containers: [{name: c, image: x}]}' ; true) >/dev/null 2>&1
k get lease -o name | xargs -r kubectl -n $NS delete >/dev/null
r $B list --pending
r $B list
r $B list -q
r $B history one
r $B upgrade one $C/words
r $B status one
r $B rollback one 1
r $B history one
r $B upgrade one $C/words
r $B uninstall one
(timeout -s KILL 4 $A install two $C/words --wait --timeout 60s --set-literal 'extra=---
apiVersion: v1
kind: Pod
metadata: {name: stuck-two}
spec: {containers: [{name: c, image: x}]}' ; true) >/dev/null 2>&1
k get lease -o name | xargs -r kubectl -n $NS delete >/dev/null
r $B list --pending
r $B install two $C/words
r $B upgrade two $C/words
r $B upgrade --install two $C/words
r $B uninstall two
