J='---
apiVersion: batch/v1
kind: Job
metadata: {name: NAME}
spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}'
r $A install one $C/words --set-literal "extra=${J/NAME/work}" --wait --wait-for-jobs --timeout 300s
k get job work -o jsonpath='{.status.succeeded}'; echo
r $A install two $C/words --set-literal "extra=${J/NAME/work-fail}" --wait --wait-for-jobs --timeout 3s
r $A install three $C/words --set-literal "extra=${J/NAME/work-three-stuck}" --wait --wait-for-jobs --timeout 3s
r $A install four $C/words --set-literal "extra=${J/NAME/work-four-stuck}" --wait --timeout 3s
r $A install five $C/words --set-literal "extra=${J/NAME/work-five}" --wait=legacy --wait-for-jobs --timeout 300s
r $A install six $C/words --set-literal "extra=${J/NAME/work-six-stuck}" --wait=legacy --wait-for-jobs --timeout 3s
r $A install seven $C/words --set-literal "extra=${J/NAME/work-seven-fail}" --wait=legacy --wait-for-jobs --timeout 3s
r $B list -q
