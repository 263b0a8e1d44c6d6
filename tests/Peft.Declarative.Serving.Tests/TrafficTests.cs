using System.Text.Json.Nodes;
using TorchSharp;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Runs while no other test makes tensors.</summary>
[CollectionDefinition(nameof(CountsTensors), DisableParallelization = true)]
public sealed class CountsTensors;

/// <summary>A small part of what the benchmark <c>personas soak</c> does at length.</summary>
[Collection(nameof(CountsTensors))]
public sealed class TrafficTests : IDisposable
{
    private const int Tokens = 8;

    private readonly PersonaFolder _folder = new("captain", "poet", "pirate");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_OfAllKinds_AreAnsweredByTheirPersonas_AndLeaveNothing()
    {
        File.WriteAllText(Path.Combine(_folder.Adapters, "sailor.txt"), "Tom was a sailor.");
        Dictionary<(string, string), string> expected = [];
        await using (TestServer alone = await TestServer.StartAsync(_folder, options => (options.MaxRows, options.PromptMemory) = (1, 0)))
        {
            foreach (string persona in new[] { "captain", "poet", "pirate", "sailor", "tiny-llama" })
            {
                foreach (string prompt in new[] { "Once", "Lily saw a big ball and Tom saw a", "One day Tom and Lily and a big cat went to the park. They saw a bird and" })
                {
                    (_, JsonNode? body) = await alone.PostAsync("v1/completions",
                        new JsonObject { ["model"] = persona, ["prompt"] = prompt, ["max_tokens"] = Tokens, ["temperature"] = 0 }.ToJsonString());
                    expected[(persona, prompt)] = body!["choices"]![0]!["text"]!.GetValue<string>();
                }
            }
        }

        await using TestServer server = await TestServer.StartAsync(_folder, options => (options.MaxBodyBytes, options.MaxRows) = (4_096, 8));
        var traffic = new Traffic(server.Http, expected, 4_096, Tokens);
        await traffic.ProbeAsync();
        await SettledAsync(server);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long tensors = torch.Tensor.TotalCount;

        await traffic.RunAsync(0, 200, atOnce: 12);

        Assert.Empty(traffic.Wrong);
        Assert.Equal(8, traffic.Outcomes.Count);
        await traffic.ProbeAsync();
        JsonNode health = await SettledAsync(server);
        Assert.Equal(0, health["waiting"]!.GetValue<int>());
        Assert.InRange(torch.Tensor.TotalCount - tensors, long.MinValue, 0);
    }

    // The last answer has been sent before its row has left the batch.
    private static async Task<JsonNode> SettledAsync(TestServer server)
    {
        while (true)
        {
            JsonNode health = JsonNode.Parse(await server.Http.GetStringAsync("health"))!;
            if (health["running"]!.GetValue<int>() == 0)
            {
                return health;
            }

            await Task.Delay(10);
        }
    }
}
