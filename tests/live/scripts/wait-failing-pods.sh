D='---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d-fail}
spec: {replicas: 1, selector: {matchLabels: {a: b}}, progressDeadlineSeconds: 2, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}}'
r $A install one $C/words --set-literal "extra=$D" --wait --timeout 4s
r $B status one
S='---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s-stuck}
spec: {serviceName: s, replicas: 2, selector: {matchLabels: {a: c}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: c, image: x}]}}}'
r $A install two $C/words --set-literal "extra=$S" --wait --timeout 3s
N='---
apiVersion: apps/v1
kind: Deployment
metadata: {name: paused-stuck}
spec: {paused: true, replicas: 1, selector: {matchLabels: {a: d}}, template: {metadata: {labels: {a: d}}, spec: {containers: [{name: c, image: x}]}}}'
r $A install three $C/words --set-literal "extra=$N" --wait --timeout 3s
V='---
apiVersion: v1
kind: Service
metadata: {name: lb}
spec: {type: LoadBalancer, ports: [{port: 80}]}'
r $A install four $C/words --set-literal "extra=$V" --wait --timeout 3s
r $A install five $C/words --set-literal "extra=${V/name: lb/name: lb-two}" --wait=legacy --timeout 3s
