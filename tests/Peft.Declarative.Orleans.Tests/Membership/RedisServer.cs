using System.Diagnostics;
using System.Globalization;

namespace Peft.Declarative.Orleans.Tests.Membership;

/// <summary>A Redis that keeps nothing, at a free port of this machine.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;

    private RedisServer(Process process, int port) => (_process, ConnectionString) = (process, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));

    internal string ConnectionString { get; }

    /// <summary>Starts one, or skips the test.</summary>
    internal static async Task<RedisServer> StartAsync()
    {
        string? program = ServerProgram.Find("redis-server");
        Skip.If(program is null, "redis-server is not on this machine.");
        int port = FreePort.Next();
        Process process = ServerProgram.Start(
            program, "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath());
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
        }

        Assert.False(process.HasExited);
        return new RedisServer(process, port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
