namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Finds files of the repository that the tests belong to.</summary>
internal static class RepositoryFiles
{
    public static string Crds => Path.Combine(Root, "charts", "kubedb-crds", "crds");

    public static string Root
    {
        get
        {
            for (var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, "KubeDb.sln")))
                    return directory.FullName;
            }

            throw new InvalidOperationException("The tests do not run inside the repository.");
        }
    }

    public static string[] Facts(string name) =>
        File.ReadAllLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", "crd-fields", name + ".txt"));
}
