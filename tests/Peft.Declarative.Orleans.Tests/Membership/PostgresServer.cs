using System.Globalization;
using Npgsql;

namespace Peft.Declarative.Orleans.Tests.Membership;

/// <summary>A PostgreSQL with the tables of the package, in a temporary folder and at a free port of this machine.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("peft-postgres-").FullName;
    private readonly int _port = FreePort.Next();

    private string Data => Path.Combine(_folder, "data");

    internal string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username={User};Database={User}");

    /// <summary>Starts one, or skips the test.</summary>
    internal static async Task<PostgresServer> StartAsync()
    {
        Skip.If(ServerProgram.Find("initdb") is null || ServerProgram.Find("pg_ctl") is null, "PostgreSQL is not on this machine.");
        Skip.If(Environment.IsPrivilegedProcess && ServerProgram.Find("setpriv") is null, "PostgreSQL refuses root, and there is no setpriv to run it as somebody else.");
        var server = new PostgresServer();
        if (Environment.IsPrivilegedProcess)
        {
            await ServerProgram.RunAsync("chown", User, server._folder);
        }

        await server.RunAsync("initdb", "--pgdata", server.Data, "--username", User, "--auth", "trust", "--no-sync");
        await server.RunAsync(
            "pg_ctl", "start", "--wait", "--pgdata", server.Data, "--log", Path.Combine(server._folder, "log"), "--options",
            string.Create(CultureInfo.InvariantCulture, $"-p {server._port} -k {server._folder} -c listen_addresses=127.0.0.1 -c fsync=off"));
        return server;
    }

    /// <summary>Runs a script, as psql does.</summary>
    internal async Task ExecuteAsync(string script)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using NpgsqlCommand command = source.CreateCommand(script);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsync("pg_ctl", "stop", "--mode", "immediate", "--pgdata", Data);
        Directory.Delete(_folder, recursive: true);
    }

    // As the user that Debian's package makes, where the tests run as root.
    private Task RunAsync(string program, params string[] arguments)
    {
        string path = ServerProgram.Find(program)!;
        return Environment.IsPrivilegedProcess
            ? ServerProgram.RunAsync("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", path, .. arguments])
            : ServerProgram.RunAsync(path, arguments);
    }
}
