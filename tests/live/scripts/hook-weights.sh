mkdir -p $C/weights/templates; printf 'apiVersion: v2\nname: weights\nversion: 0.1.0\n' > $C/weights/Chart.yaml
n=0; for w in 1_0 ² ' 5' +5 -5 05 0x5 5.5 '' 99999999999999999999 true; do n=$((n + 1)); printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: w%s, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "%s"}}\n' $n "$w"; done > $C/weights/templates/all.yaml
r $A install one $C/weights
r $B status one -o json
