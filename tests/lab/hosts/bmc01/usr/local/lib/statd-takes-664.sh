# shellcheck shell=sh
# bindresvport() looks for a free port from 600 + PID % 424 upwards, so a process with the right PID asks for 664 first.
# Try PIDs in turn until rpc.statd has got such a one; -F, since a fork of its own would change it.
while :; do
    sh -c 'test $(($$ % 424)) -eq 64 && exec rpc.statd -F' &
    test $(($! % 424)) -eq 64 && exit
    wait $!
done
