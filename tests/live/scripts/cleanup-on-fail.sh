r $A install one $C/words
r $B upgrade one $C/words --cleanup-on-fail --set count=4 --set-literal extra='---
apiVersion: v1
kind: Service
metadata: {name: broken}
spec: {ports: [{port: 99999}]}'
k get cm -o name
r $B upgrade one $C/words --set count=4 --set-literal extra='---
apiVersion: v1
kind: Service
metadata: {name: broken}
spec: {ports: [{port: 99999}]}'
k get cm -o name
r $A history one
r $A rollback one 2 --cleanup-on-fail
r $A history one
r $A upgrade one $C/words
r $A rollback one 3
r $A history one
