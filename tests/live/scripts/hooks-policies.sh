for p in before-hook-creation 'hook-succeeded\,hook-failed' hook-failed; do
  echo "## $p"
  r $A install one $C/hooks --set "policy=$p" --set events='{pre-install,post-install,pre-delete}'
  k get pods -o name
  r $B upgrade one $C/hooks --set "policy=$p" --set events='{pre-upgrade,post-upgrade,pre-delete},fail=pre-upgrade' --timeout 300s
  k get pods -o name
  r $B uninstall one
  k delete pods,cm --all >/dev/null
done
