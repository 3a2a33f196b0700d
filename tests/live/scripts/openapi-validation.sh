r $A install one $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: na}
datas: {a: b}'
r $A install three $C/words --disable-openapi-validation --server-side=false --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: na}
datas: {a: b}'
r $A install four $C/words --server-side=false --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: n4}
datas: {a: b}'
r $A install five $C/words --set-literal extra='---
apiVersion: v1
metadata: {name: na}'
r $A install six $C/words --set-literal extra='---
apiVersion: apps/v1
kind: Deployment
metadata: {name: n6}
spec: {replicas: many}'
r $A install seven $C/words --server-side=false --set-literal extra='---
apiVersion: apps/v1
kind: Deployment
metadata: {name: n7}
spec: {replicas: many}'
r $A install eight $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: n8, labels: {a: 1}}'
r $A install nine $C/words --set-literal extra='---
- a
- b'
r $A install ten $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: n10}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: n10}'
r $A install eleven $C/words --set-literal extra='---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: old}'
r $A install twelve $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {generateName: gen-}'
r $A install thirteen $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {}'
r $B list -q
r $B upgrade one $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: na}
datas: {a: b}'
r $B history one
