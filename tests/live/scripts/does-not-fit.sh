object() { printf -- '---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, labels: {v: "1"}}
spec: {replicas: %s, paused: %s, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: %s}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: %s}
data: %s
' "$@"; }
fits='[{name: c, image: i}]'
no="--disable-openapi-validation"
r $A install r $C/words --server-side=false --set-literal "extra=$(object 0 false "$fits" '{}' '{a: b}')"
r $B upgrade r $C/words --set-literal "extra=$(object '"2"' false "$fits" '{}' '{a: b}')"
r $A upgrade r $C/words $no --set-literal "extra=$(object '"2"' false "$fits" '{}' '{a: b}')"
r $B upgrade r $C/words $no --set-literal "extra=$(object 1.5 false "$fits" '{}' '{a: b}')"
r $A upgrade r $C/words $no --set-literal "extra=$(object 1 '"no"' "$fits" '{}' '{a: b}')"
r $B upgrade r $C/words $no --set-literal "extra=$(object 1 true '{}' '{}' '{a: b}')"
r $A upgrade r $C/words $no --set-literal "extra=$(object 1 true '[1]' '{}' '{a: b}')"
r $B upgrade r $C/words $no --set-literal "extra=$(object 1 true '[{image: i}]' '{}' '{a: b}')"
r $A upgrade r $C/words $no --set-literal "extra=$(object 1 true "$fits" '{l: 1}' '{a: b}')"
r $B upgrade r $C/words $no --set-literal "extra=$(object 1 true "$fits" '[l]' '{a: b}')"
r $A upgrade r $C/words $no --set-literal "extra=$(object 1 true "$fits" '{}' '{a: 1}')"
r $B upgrade r $C/words $no --set-literal "extra=$(object 1 true "$fits" '{}' '{a: null, n: {x: y}}')"
r $A upgrade r $C/words $no --set-literal "extra=$(object 1 true "[{name: c, image: i, odd: {a: 1}}]" '{}' '{a: b}')"
r $B upgrade r $C/words $no --set-literal "extra=$(object 1 true "[{name: c, image: i, odd: {a: 2}}]" '{}' '{a: b}')"
r $A upgrade r $C/words --set-literal "extra=$(object 1 true "$fits" '{}' '{a: c}')"
state
