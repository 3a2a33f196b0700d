J='---
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: IMAGE}]}}}'
r $A install one $C/words --set-literal "extra=${J/IMAGE/a}"
r $A upgrade one $C/words --set-literal "extra=${J/IMAGE/b}"
r $A upgrade one $C/words --set-literal "extra=${J/IMAGE/b}" --server-side=false
# A replacement carries the resourceVersion that was read: a controller that writes in between fails it.
until_settled jobs
r $A upgrade one $C/words --set-literal "extra=${J/IMAGE/b}" --force-replace --server-side=false
r $B history one
k patch cm one-0 --type merge -p '{"data":{"own":"x"},"metadata":{"labels":{"own":"x"}}}' >/dev/null
r $B upgrade one $C/words --force-replace --server-side=false --reset-values
k get cm one-0 -o jsonpath='{.data.own} {.metadata.labels}'; echo
S='---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: PORT}]}'
r $A install two $C/words --set-literal "extra=${S/PORT/80}"
until_settled services
r $A upgrade two $C/words --force-replace --server-side=false --set-literal "extra=${S/PORT/81}"
k get svc s -o jsonpath='{.spec.ports[0].port}'; echo
