using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Adapters whose files cannot be read: the server starts all the same, and names them.</summary>
public sealed class UnreadableAdapterTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain", "pip", "poet");

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(1L << 30)]
    [InlineData(1L)]   // where the first one fills the memory, the others are only read
    public async Task Start_WithFilesThatAreNone_NamesThemAndServesOthers(long memory)
    {
        Skip.If(OperatingSystem.IsWindows(), "Links take a right there, and files have no pipes among them.");
        string weights = Path.Combine(_folder["pip"], "adapter_model.safetensors"), pipe = Path.Combine(_folder["poet"], "adapter_model.safetensors");
        File.Delete(weights);
        File.CreateSymbolicLink(weights, weights + ".gone");
        File.Delete(pipe);
        using (Process made = Process.Start(new ProcessStartInfo("mkfifo", [pipe, Path.Combine(_folder.Adapters, "waits.txt")]))!)
        {
            made.WaitForExit();
        }

        await using TestServer server = await TestServer.StartAsync(_folder, options => options.AdapterMemory = memory).WaitAsync(TimeSpan.FromSeconds(60));

        JsonObject problems = [];
        for (int i = 0; i < 200 && problems.Count < 3; i++)   // what is only read is read in the background
        {
            problems = JsonNode.Parse(await server.Http.GetStringAsync("health"))!["not_served"]!.AsObject();
            await Task.Delay(50);
        }

        Assert.Equal(["pip", "poet", "waits.txt"], problems.Select(problem => problem.Key));
        (int status, _) = await server.PostAsync("v1/chat/completions", """{"model": "captain", "max_tokens": 2, "messages": [{"role": "user", "content": "hi"}]}""");
        Assert.Equal(200, status);
    }
}
