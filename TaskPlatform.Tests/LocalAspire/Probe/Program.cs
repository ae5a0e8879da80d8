using TaskPlatform.Tests.Probe;

if (args is ["serve", ..]) await Service.RunAsync();
else Topology.Run(args);
