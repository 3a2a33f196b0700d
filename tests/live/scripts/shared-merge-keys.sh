object() { printf -- '---
apiVersion: v1
kind: Service
metadata: {name: s, labels: {v: "%s"}}
spec: {ports: [{name: https, port: 443, protocol: TCP}, {name: h3, port: 443, protocol: UDP}, {name: web, port: 80}%s]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, labels: {v: "%s"}}
spec: {replicas: 0, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i,
  env: [{name: A, value: "1"}, {name: A, value: "%s"}], ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP}]}]}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, labels: {v: "%s"}}
secrets: [{name: x}, {name: x}]
' "$1" "$2" "$1" "$3" "$1"; }
seen() { k get service s -o 'jsonpath={.spec.ports[*].name}{"\n"}'; k get deployment d -o 'jsonpath={.spec.template.spec.containers[0].env} {.spec.template.spec.containers[0].ports}{"\n"}'; k get serviceaccount sa -o 'jsonpath={.secrets}{"\n"}'; }
r $A install r $C/words --server-side=false --set-literal "extra=$(object 1 '' 2)"; seen
r $B upgrade r $C/words --set-literal "extra=$(object 2 '' 2)"; seen
r $A upgrade r $C/words --set-literal "extra=$(object 2 '' 3)"; seen
r $B upgrade r $C/words --set-literal "extra=$(object 3 ', {name: alt, port: 8080}' 3)"; seen
k patch service s --type=json -p '[{"op": "add", "path": "/spec/ports/-", "value": {"name": "mine", "port": 9}}]' >/dev/null
r $B upgrade r $C/words --set-literal "extra=$(object 4 '' 3)"; seen
r $A rollback r 1; seen
r $B upgrade r $C/words --server-side=true --force-conflicts --set-literal "extra=$(object 5 '' 2)"; seen
state
