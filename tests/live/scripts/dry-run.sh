r $A install one $C/app --dry-run=client
r $A install one $C/app --dry-run=server
r $A install one $C/app --dry-run
r $A install one $C/app --dry-run=true
r $A install one $C/app --dry-run=maybe
r $A install one $C/app --dry-run=server --hide-secret --hide-notes
r $A install one $C/app --dry-run=client --hide-secret -o yaml
r $A install one $C/app --hide-secret
r $A install one $C/app --dry-run=client -n no-such-namespace-here
r $A install one $C/app --dry-run=server -n no-such-namespace-here
r $A install one $C/words --dry-run=client --set-literal extra='---
apiVersion: v1
kind: Nonsense
metadata: {name: na}'
r $A install one $C/words --dry-run=server --set-literal extra='---
apiVersion: v1
kind: Nonsense
metadata: {name: na}'
r $B list -q
r $A install one $C/app
r $A install one $C/app --dry-run=client --hide-notes
r $B upgrade one $C/app --dry-run=client --set replicas=3
r $B upgrade one $C/app --dry-run=server --set replicas=3 --hide-secret
r $B upgrade one $C/app --dry-run --description x -o json
r $B upgrade one $C/app --hide-secret
r $B upgrade nothing $C/app --dry-run=client
r $B upgrade --install nothing $C/app --dry-run=client --hide-notes
r $B rollback one 1 --dry-run=client
r $B uninstall one --dry-run
r $A install dbg $C/words --dry-run=client --debug
r $B history one
