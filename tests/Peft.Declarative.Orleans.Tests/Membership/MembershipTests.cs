using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Peft.Declarative.Generators.Tests.Structure;
using Peft.Declarative.Serving.Tests;

namespace Peft.Declarative.Orleans.Tests.Membership;

/// <summary>Programs that become a cluster by nothing but their configuration.</summary>
public sealed class MembershipTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain", "poet");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Silos_OfOneRedis_AnswerTogether()
    {
        await using RedisServer redis = await RedisServer.StartAsync();

        await AnswerAsync(new() { ["ProviderType"] = "Redis", ["ConnectionString"] = redis.ConnectionString });
    }

    [SkippableFact]
    public async Task Silos_OfOnePostgreSql_AnswerTogether()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        string script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Peft.Declarative.Orleans", "Membership", "postgresql.sql"));
        await postgres.ExecuteAsync(script);
        await postgres.ExecuteAsync(script);   // it may be run again

        await AnswerAsync(new() { ["ProviderType"] = "AdoNet", ["Invariant"] = "Npgsql", ["ConnectionString"] = postgres.ConnectionString });
    }

    private async Task AnswerAsync(Dictionary<string, string?> clustering)
    {
        await using TestServer first = await StartAsync(clustering);
        await using TestServer second = await StartAsync(clustering);
        Assert.Equal(2, await SilosAsync(first, 2));
        Assert.Equal(2, await SilosAsync(second, 2));

        // A persona has one silo, so one of the two answers for the other.
        foreach (string persona in (string[])["captain", "poet"])
        {
            Assert.Equal(_folder.Expected(persona, "hello", 5), await AskAsync(first, persona));
            Assert.Equal(_folder.Expected(persona, "hello", 5), await AskAsync(second, persona));
        }

        await second.StopAsync();
        Assert.Equal(1, await SilosAsync(first, 1));
        Assert.Equal(_folder.Expected("poet", "hello", 5), await AskAsync(first, "poet"));

        var table = first.Services.GetRequiredService<IMembershipTable>();
        Assert.Equal([SiloStatus.Active, SiloStatus.Dead], (await table.ReadAllAsync()).Members.Select(member => member.Item1.Status).Order());
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal([SiloStatus.Active], (await table.ReadAllAsync()).Members.Select(member => member.Item1.Status));
    }

    private Task<TestServer> StartAsync(Dictionary<string, string?> clustering) => TestServer.StartAsync(_folder, builder: builder =>
    {
        builder.Configuration.AddInMemoryCollection(clustering.Select(entry => KeyValuePair.Create($"Orleans:Clustering:{entry.Key}", entry.Value)));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Orleans:ClusterId"] = "personas",
            ["Orleans:Endpoints:AdvertisedIPAddress"] = "127.0.0.1",
            ["Orleans:Endpoints:SiloPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
            ["Orleans:Endpoints:GatewayPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
            ["Peft:Cluster:ReportInterval"] = "00:00:00.2",
        });
        builder.AddPeftCluster();
    });

    // How many silos a server knows, once it is that many.
    private static async Task<int> SilosAsync(TestServer server, int awaited)
    {
        JsonNode health = await server.HealthAsync(health => health["silos"]!.AsArray().Count == awaited);
        return health["silos"]!.AsArray().Count;
    }

    private static async Task<string> AskAsync(TestServer server, string persona)
    {
        (int status, JsonNode? body) = await server.PostAsync("v1/chat/completions", PersonaCluster.Member.Chat(persona, "hello", 5, stream: false));
        Assert.True(status == 200, body?.ToJsonString());
        return body!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
    }
}
