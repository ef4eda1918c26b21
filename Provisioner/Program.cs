namespace KubeDb.Provisioner;

internal static class Program
{
    private static int Main() => 0;
}
