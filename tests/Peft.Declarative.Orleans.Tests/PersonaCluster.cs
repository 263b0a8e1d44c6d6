using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using Peft.Declarative.Orleans.Silos;
using Peft.Declarative.Serving;
using Peft.Declarative.Serving.Personas;
using Peft.Declarative.Serving.Tests;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>Silos in this process, each with a small model of its own and a server in front.</summary>
internal sealed class PersonaCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(object Host, string Model), long> _tokens = new();
    private readonly List<Member> _members = [];

    private PersonaCluster(InProcessTestCluster cluster)
    {
        _cluster = cluster;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: ServerMetrics.Name, Name: "peft.tokens" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, tokens, tags, _) =>
        {
            if (tags[1].Value is "output")
            {
                _tokens.AddOrUpdate((instrument.Meter.Scope!, (string)tags[0].Value!), tokens, (_, before) => before + tokens);
            }
        });
        _listener.Start();
    }

    internal IReadOnlyList<Member> Members => _members;

    /// <summary>Starts silos.</summary>
    /// <param name="configure">Sets options of each, by its index.</param>
    /// <param name="silos">Their number.</param>
    /// <param name="reports">The time between two reports, of which a silo that is starved must not miss several; <see langword="null"/> for a short one.</param>
    internal static async Task<PersonaCluster> StartAsync(Action<int, PeftServerOptions> configure, short silos = 3, TimeSpan? reports = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.InitializeClientOnDeploy = false;
        builder.Options.ConfigureFileLogging = false;
        int next = -1;
        builder.ConfigureSiloHost((_, host) =>
        {
            int index = Interlocked.Increment(ref next);
            host.AddPeft(options => configure(index, options));
            host.AddPeftCluster(silo => silo.Configure<ClusterMembershipOptions>(membership =>
            {
                // A silo that is killed is found out in seconds, and one that is starved for a while is not.
                membership.NumVotesForDeathDeclaration = 1;
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                membership.NumMissedProbesLimit = 3;
            }));
            host.Services.Configure<PeftClusterOptions>(options => (options.SpillOver, options.ReportInterval) = (0, reports ?? TimeSpan.FromMilliseconds(200)));
        });
        var cluster = new PersonaCluster(builder.Build());
        await cluster._cluster.DeployAsync();
        foreach (InProcessSiloHandle silo in cluster._cluster.Silos)
        {
            await cluster.AddAsync(silo);
        }

        await cluster.MeetAsync();
        return cluster;
    }

    /// <summary>Starts one more silo, and waits until all know it.</summary>
    internal async Task<Member> JoinAsync()
    {
        Member member = await AddAsync(await _cluster.StartAdditionalSiloAsync());
        await MeetAsync();
        return member;
    }

    /// <summary>Ends a silo as a machine ends whose power is cut.</summary>
    internal Task KillAsync(Member member)
    {
        _members.Remove(member);
        return _cluster.KillSiloAsync(member.Silo);
    }

    /// <summary>Stops a silo as SIGTERM does.</summary>
    internal Task StopAsync(Member member)
    {
        _members.Remove(member);
        return _cluster.StopSiloAsync(member.Silo);
    }

    /// <summary>The silo that answers a persona while it has room.</summary>
    internal Member HomeOf(string persona)
    {
        SiloState home = _members[0].Table.Choose(persona, new HashSet<global::Orleans.Runtime.SiloAddress>())!;
        return _members.Single(member => member.Silo.SiloAddress.Equals(home.Address));
    }

    /// <summary>The tokens that a silo has generated for a persona.</summary>
    internal long Tokens(Member member, string persona) => _tokens.GetValueOrDefault((member.Silo.ServiceProvider.GetRequiredService<IMeterFactory>(), persona));

    /// <summary>Waits for something that takes a moment.</summary>
    internal static async Task UntilAsync(Func<bool> isSo)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(40), "It does not come about.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        foreach (Member member in _members)
        {
            await member.Server.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    private async Task<Member> AddAsync(InProcessSiloHandle silo)
    {
        var member = new Member(silo, await TestServer.StartAsync(silo.ServiceProvider));
        _members.Add(member);
        return member;
    }

    private Task MeetAsync() => UntilAsync(() => _members.TrueForAll(member => member.Table.Serving.Count() == _members.Count));

    /// <summary>A silo, and the server in front of it.</summary>
    internal sealed record Member(InProcessSiloHandle Silo, TestServer Server)
    {
        /// <summary>The number of requests that wait for a place of the silo.</summary>
        internal int Waiting => Silo.ServiceProvider.GetRequiredService<TextEngine>().Waiting;

        internal SiloTable Table => Silo.ServiceProvider.GetRequiredService<SiloTable>();

        internal PeftServerOptions Options => Silo.ServiceProvider.GetRequiredService<Microsoft.Extensions.Options.IOptions<PeftServerOptions>>().Value;

        /// <summary>The answer of a persona to one message.</summary>
        internal async Task<string> AskAsync(string persona, string message, int tokens) => (await AskAsync(persona, message, tokens, choices: 1))[0];

        /// <summary>Several answers at once.</summary>
        internal async Task<string[]> AskAsync(string persona, string message, int tokens, int choices)
        {
            (int status, JsonNode? body) = await Server.PostAsync("v1/chat/completions", Chat(persona, message, tokens, stream: false, choices));
            Assert.True(status == 200, body?.ToJsonString());
            return [.. body!["choices"]!.AsArray().Select(choice => choice!["message"]!["content"]!.GetValue<string>())];
        }

        internal async Task<JsonNode> HealthAsync() => JsonNode.Parse(await Server.Http.GetStringAsync("health"))!;

        internal static string Chat(string persona, string message, int tokens, bool stream, int choices = 1) => new JsonObject
        {
            ["model"] = persona, ["max_tokens"] = tokens, ["temperature"] = 0, ["stream"] = stream, ["n"] = choices,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = message }),
        }.ToJsonString();
    }
}
