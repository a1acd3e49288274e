-- Under which start of the server an attempt was counted: what a server that went down interrupted is no fault of the delivery's.
alter table nqs.queue add column counted timestamptz;
