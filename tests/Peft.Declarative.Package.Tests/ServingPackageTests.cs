using System.IO.Compression;
using Peft.Declarative.Orleans.Tests;

namespace Peft.Declarative.Package.Tests;

/// <summary>A user's web program that has nothing but the packages: it serves one persona, and asks it.</summary>
[Collection(PackedFeed.Collection)]
public sealed class ServingPackageTests(PackedFeed feed)
{
    private const string Program = """
        using System.Net.Http.Json;
        using System.Text.Json.Nodes;
        using Peft.Declarative;
        using Peft.Declarative.Models;

        LlamaForCausalLM.FromConfig(LlamaConfig.Load("model"), seed: 5).SaveModel("model");
        Voice.FromPretrained("model").SaveAdapter("personas/captain");

        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddPeft(options => { options.Model = "model"; options.Adapters = "personas"; });
        // the line of the cluster
        WebApplication app = builder.Build();
        app.MapPeft();
        await app.StartAsync();

        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("v1/completions", new { model = "captain", prompt = "One day", max_tokens = 4, logprobs = 0 });
        JsonNode body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        JsonNode health = JsonNode.Parse(await http.GetStringAsync("health"))!;
        Console.WriteLine($"{(int)answer.StatusCode}: {body["usage"]?["completion_tokens"] ?? body} tokens; {health["silos"]?.AsArray().Count ?? 0} silos");
        await app.StopAsync();

        [Lora(rank: 2, Targets = ["q_proj", "v_proj"])]
        public sealed partial class Voice : LlamaForCausalLM;
        """;

    [Fact]
    public void Project_WithTheServingPackage_AnswersARequest() =>
        Assert.Equal("200: 4 tokens; 0 silos", Run("Peft.Declarative.Serving", Program));

    [Fact]
    public void Project_WithTheOrleansPackage_AnswersARequest() => Assert.Equal("200: 4 tokens; 1 silos", Run("Peft.Declarative.Orleans", Program.Replace(
        "// the line of the cluster",
        $"builder.AddPeftCluster(silo => silo.UseLocalhostClustering({FreePort.Next()}, {FreePort.Next()}));",
        StringComparison.Ordinal)));

    [Fact]
    public void OrleansPackage_Contains_TheTablesOfPostgreSql()
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed.Folder, "Peft.Declarative.Orleans.0.1.0.nupkg"));

        Assert.NotNull(package.GetEntry("sql/postgresql.sql"));
    }

    private string Run(string package, string program)
    {
        using var user = new UserProject(feed, program, [package], "Microsoft.NET.Sdk.Web");
        string data = Path.Combine(BuildFacts.RepositoryRoot, "tests", "Peft.Declarative.Tests", "Data");
        user.Write("model/config.json", File.ReadAllText(Path.Combine(data, "fixtures", "models", "llama", "config.json")).Replace("\"vocab_size\": 96", "\"vocab_size\": 512", StringComparison.Ordinal));
        user.Write("model/tokenizer.json", File.ReadAllText(Path.Combine(data, "tokenizers", "stories", "tokenizer.json")));
        user.Write("model/tokenizer_config.json", """{"bos_token": "<s>"}""");

        (int built, string messages) = user.Build();
        Assert.True(built == 0, messages);
        (int exitCode, string output) = user.Run();

        Assert.True(exitCode == 0, output);
        return output.Trim();
    }
}
