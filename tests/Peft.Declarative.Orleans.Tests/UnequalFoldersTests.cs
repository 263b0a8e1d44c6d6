using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Peft.Declarative.Orleans.Silos;
using Peft.Declarative.Serving.Tests;
using Member = Peft.Declarative.Orleans.Tests.PersonaCluster.Member;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>Silos with other files each: which persona a name is, is decided by the one that answers.</summary>
public sealed class UnequalFoldersTests : IAsyncLifetime
{
    private const string Sage = "Sue was old and knew the moon. She told of a big tree.";
    private const string Pirate = "Tom was a sailor. He loved the sea and the wind.";

    private readonly PersonaFolder _folder = new("captain", "pirate", "smith");
    private PersonaCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        foreach (string silo in (string[])["first", "second"])
        {
            Copy("captain", silo);
            Write(silo, "poet.txt", $"The {silo} poem was about a small bird.");
        }

        Write("first", "pirate.txt", Pirate);
        Copy("pirate", "second");
        Write("second", "sage.txt", Sage);
        _folder.Add("stranger", model: _folder.OtherModel(seed: 6));
        Copy("stranger", "second");
        _cluster = await PersonaCluster.StartAsync(
            (index, options) => (options.Model, options.Adapters, options.MaxRows, options.AllowAdapterUpdates) = (_folder.Model, FolderOf(index == 0 ? "first" : "second"), 1, true), silos: 2);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Health_OfEverySilo_HasTheWarningsOfAll()
    {
        foreach (Member member in _cluster.Members)
        {
            JsonNode silos = (await member.HealthAsync())["silos"]!;
            foreach (JsonNode? silo in silos.AsArray())
            {
                string? stranger = silo!["warnings"]!["stranger"]?.GetValue<string>();
                Assert.Equal(silo["name"]!.GetValue<string>() == Of("second").Silo.Name, stranger?.StartsWith("PEFT705: The adapter in", StringComparison.Ordinal) == true);
            }
        }
    }

    [Fact]
    public async Task Text_OfOneSilo_IsToldWhereverItIsAskedFor()
    {
        (string asBase, int tokens) = await AskAsync(Of("second"), "tiny-llama", ("system", Sage), ("user", "hello"));

        foreach (Member member in _cluster.Members)
        {
            Assert.Equal((asBase, tokens), await AskAsync(member, "sage", ("user", "hello")));
        }

        Assert.NotEqual(asBase, _folder.Expected(null, "hello", 8));
    }

    [Fact]
    public async Task ChatClient_OfATextOfAnotherSilo_IsToldIt()
    {
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 8, Instructions = "Be kind." };

        ChatResponse answer = await Of("first").Silo.ServiceProvider.GetRequiredKeyedService<IChatClient>("sage").GetResponseAsync("hello", options);

        (string asBase, int tokens) = await AskAsync(Of("second"), "tiny-llama", ("system", Sage + "\n\nBe kind."), ("user", "hello"));
        Assert.Equal((asBase, tokens), (answer.Text, (int)answer.Usage!.InputTokenCount!));
    }

    [Fact]
    public async Task Text_ThatDiffers_IsThatOfTheSiloThatAnswers()
    {
        string home = Path.GetFileName(_cluster.HomeOf("poet").Options.Adapters!);
        (string asBase, _) = await AskAsync(_cluster.Members[0], "tiny-llama", ("system", $"The {home} poem was about a small bird."), ("user", "hello"));

        foreach (Member member in _cluster.Members)
        {
            Assert.Equal(asBase, (await AskAsync(member, "poet", ("user", "hello"))).Text);
        }
    }

    [Fact]
    public async Task Name_OfATextHereAndAnAdapterThere_IsNeverBoth()
    {
        string adapter = _folder.Expected("pirate", "hello", 8);
        (string text, _) = await AskAsync(_cluster.Members[0], "tiny-llama", ("system", Pirate), ("user", "hello"));

        (string Text, int)[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => AskAsync(_cluster.Members[i % 2], "pirate", ("user", "hello"))));

        Assert.NotEqual(adapter, text);
        Assert.All(answers, answer => Assert.Contains(answer.Text, (string[])[adapter, text]));
        Assert.Contains(answers, answer => answer.Text == adapter);
        Assert.Contains(answers, answer => answer.Text == text);   // where the other silo is full
    }

    [Fact]
    public async Task Load_OfAnAdapterThatIsDamagedOnOneSilo_SaysWhichOne()
    {
        Copy("smith", "first");
        Copy("smith", "second");
        string weights = Path.Combine(FolderOf("second"), "smith", "adapter_model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^40]);

        (int status, string message) = await PostAsync(Of("second"), "v1/load_lora_adapter", "smith");

        Assert.Equal(400, status);
        Assert.Contains($"'smith' is served by '{Of("first").Silo.Name}'.", message, StringComparison.Ordinal);
        Assert.Contains($"By '{Of("second").Silo.Name}' it cannot be loaded: ", message, StringComparison.Ordinal);
        Assert.Equal(_folder.Expected("smith", "hello", 8), (await AskAsync(Of("second"), "smith", ("user", "hello"))).Text);
    }

    [Fact]
    public async Task Load_OfAnAdapterOfOneSilo_IsWell_AndOfNoneIsAnError()
    {
        Copy("smith", "first");

        Assert.Equal(200, (await PostAsync(Of("second"), "v1/load_lora_adapter", "smith")).Status);
        (int status, string message) = await PostAsync(Of("second"), "v1/load_lora_adapter", "weaver");

        Assert.Equal(400, status);
        Assert.Contains("weaver", message, StringComparison.Ordinal);
        Assert.DoesNotContain("served by", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_WhileASiloIsLost_IsThatOfTheOthers()
    {
        Exception[] losses = [new SiloUnavailableException("lost"), new TimeoutException("no answer"), new PeftException("PEFT708", "disposed while it stops")];
        foreach (Exception loss in losses)
        {
            await PersonaCluster.UntilAsync(() => _cluster.Members[0].Table.Serving.Count() == 2);   // one that is only slow is heard of again

            IReadOnlyList<SiloReply> replies = await _cluster.Members[0].Table.AskServingAsync(
                grain => grain is null ? Task.FromResult(true) : Task.FromException<bool>(loss), CancellationToken.None);

            Assert.Equal([new SiloReply(_cluster.Members[0].Silo.Name, true, null)], replies);
            Assert.Null(SiloReply.ProblemOf("captain", replies));
        }
    }

    [Fact]
    public async Task LoadAndUnload_WhileNoSiloServes_Are503()
    {
        await _cluster.KillAsync(Of("second"));
        Member left = _cluster.Members[0];
        await PersonaCluster.UntilAsync(() => left.Table.All.Count == 1);
        left.Silo.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(503, (await PostAsync(left, "v1/load_lora_adapter", "captain")).Status);
        Assert.Equal(503, (await PostAsync(left, "v1/unload_lora_adapter", "captain")).Status);
    }

    private Member Of(string silo) => _cluster.Members.Single(member => member.Options.Adapters == FolderOf(silo));

    private string FolderOf(string silo) => Path.Combine(_folder.Root, silo);

    private void Write(string silo, string file, string text) => File.WriteAllText(Path.Combine(FolderOf(silo), file), text);

    private void Copy(string persona, string silo)
    {
        string to = Directory.CreateDirectory(Path.Combine(FolderOf(silo), persona)).FullName;
        foreach (string file in Directory.EnumerateFiles(_folder[persona]))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static async Task<(string Text, int PromptTokens)> AskAsync(Member member, string model, params (string Role, string Content)[] messages)
    {
        (int status, JsonNode? body) = await member.Server.PostAsync("v1/chat/completions", new JsonObject
        {
            ["model"] = model, ["max_tokens"] = 8, ["temperature"] = 0,
            ["messages"] = new JsonArray([.. messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]),
        }.ToJsonString());
        Assert.True(status == 200, body?.ToJsonString());
        return (body!["choices"]![0]!["message"]!["content"]!.GetValue<string>(), body["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    private static async Task<(int Status, string Message)> PostAsync(Member member, string path, string adapter)
    {
        (int status, JsonNode? body) = await member.Server.PostAsync(path, new JsonObject { ["lora_name"] = adapter }.ToJsonString());
        return (status, body?["error"]?["message"]?.GetValue<string>() ?? "");
    }
}
