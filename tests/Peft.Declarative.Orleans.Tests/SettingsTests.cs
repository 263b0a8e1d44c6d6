using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Peft.Declarative.Orleans.Answers;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>What is configured, and what is sent.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData(null, "SystemTargetBasedMembershipTable")]
    [InlineData("Redis", "RedisMembershipTable")]
    [InlineData("AdoNet", "AdoNetClusteringTable")]
    public void Membership_OfAConfiguration_IsOrleansOwn(string? provider, string table)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(provider is null ? [] : new Dictionary<string, string?>
        {
            ["Orleans:ClusterId"] = "personas",
            ["Orleans:Clustering:ProviderType"] = provider,
            ["Orleans:Clustering:ConnectionString"] = "localhost:1",
            ["Orleans:Clustering:Invariant"] = "Npgsql",
            ["Peft:Cluster:SpillOver"] = "3",
        });

        builder.AddPeft(options => options.Model = "nowhere").AddPeftCluster();

        using ServiceProvider services = builder.Services.BuildServiceProvider();
        Assert.Equal(table, services.GetRequiredService<IMembershipTable>().GetType().Name);
        Assert.Equal(provider is null ? 8 : 3, services.GetRequiredService<IOptions<PeftClusterOptions>>().Value.SpillOver);
    }

    [Fact]
    public void Settings_ThatAreSent_ArriveAsTheyWere()
    {
        var settings = new GenerationOptions
        {
            MaxNewTokens = 7, MinNewTokens = 2, DoSample = true, Seed = long.MaxValue, EosTokenIds = [2, 5], StopStrings = ["\n", "Ende"], Temperature = 0.7, TopP = 0.9,
            BadWordsIds = [[1, 2], [3]], SequenceBias = [new SequenceBias([4], double.NegativeInfinity)], ExponentialDecayLengthPenalty = new LengthDecay(3, 1.5),
            EarlyStopping = EarlyStopping.Never, RepetitionPenalty = 1.1, FrequencyPenalty = -0.5,
        };

        TextJob sent = AnswerRequest.Of(new TextJob("poet", new PersonaPrompt("a text", [1, 2, 3]), settings, 4, Streams: false) { Choices = [1, 3] }, "a text").Job();

        Assert.Equivalent(settings, sent.Settings, strict: true);
        Assert.Equal(("poet", 4, false), (sent.Model, sent.TopLogProbabilities, sent.Streams));
        Assert.Equal([1, 3], sent.Choices);
        Assert.Equal([1, 2, 3], sent.Prompt.After("a text"));
        Assert.False(sent.Prompt.Fits(null));
    }
}
