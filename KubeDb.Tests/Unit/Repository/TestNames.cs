using System.Reflection;

namespace KubeDb.Tests.Unit.Repository;

/// <summary>The tests that there are.</summary>
internal static class TestNames
{
    private static readonly Lazy<IReadOnlyList<string>> Found = new(() =>
    [
        .. from type in Assembly.GetExecutingAssembly().GetTypes()
           from method in type.GetMethods()
           where method.GetCustomAttributes(inherit: true).Any(a => a is TestAttribute or TestCaseAttribute or TestCaseSourceAttribute)
           select $"{type.FullName}.{method.Name}",
    ]);

    /// <summary>Their full names: namespace, class, method.</summary>
    public static IReadOnlyList<string> All => Found.Value;
}
