using Microsoft.Extensions.Logging;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Which personas a server loads before the first request.</summary>
public sealed class FirstPersonasTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain", "knight", "pip", "poet", "robot", "sailor");
    private readonly KeptLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_WithMorePersonasThanMemory_LoadsThoseThatFillIt()
    {
        long file = new FileInfo(Path.Combine(_folder["captain"], "adapter_model.safetensors")).Length;   // more than the tensors of one, less than those of two
        await using TestServer server = await TestServer.StartAsync(
            _folder,
            options =>
            {
                options.AdapterMemory = file;
                options.PinnedAdapters.Add("poet");
            },
            program => program.Logging.AddProvider(_log));

        Assert.Equal(
            ["poet", "captain"],
            _log.Lines.Where(line => line.Contains("Serves the persona", StringComparison.Ordinal)).Select(line => line.Split('\'')[1]));
        Assert.Equal(200, (await server.PostAsync("v1/completions", """{"model": "sailor", "prompt": "One day", "max_tokens": 2}""")).Status);
    }
}
