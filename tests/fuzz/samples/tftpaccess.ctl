# /etc/tftpaccess.ctl
allow:/tftpboot
