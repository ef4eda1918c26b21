using System.Diagnostics;

namespace KubeDb.Tests.Support;

/// <summary>Runs a program to its end and keeps what it printed.</summary>
public static class Tool
{
    /// <summary>Runs a program; kills it when the time is over.</summary>
    /// <param name="program">Found on PATH.</param>
    /// <param name="arguments">Passed as they are.</param>
    /// <param name="input">Sent to standard input; null for none.</param>
    /// <param name="limit">Time after which it is killed and counts as failed; two minutes when null.</param>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, string? input = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new ToolResult(-1, await output, $"{await error}\n(killed after its time was over)");
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }
}

/// <summary>How a program ended and what it printed.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output of a program that has to succeed.</summary>
    public string OrFail() =>
        ExitCode == 0 ? Output : throw new InvalidOperationException($"Exit code {ExitCode}\n{Output}\n{Error}".Trim());

    /// <summary>Both streams.</summary>
    public string Everything => $"{Output}\n{Error}".Trim();
}
