using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Serving;
using TorchSharp;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>A base model and personas with drawn weights in a temporary folder, and servers of them.</summary>
internal sealed class ServedFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("peft-server-").FullName;

    // The first ids of the stories' tokenizer are special tokens and single bytes, of which a drawn model makes no characters that could be shown.
    private const int FirstText = 259;

    // Without an id that ends a text, so that all have one length.
    internal ServedFolder(LlamaConfig shape, int personas, LoraConfig config)
    {
        shape = shape with { VocabularySize = 512 };
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(shape, seed: 1);
        SaveModel(model);
        File.WriteAllText(Path.Combine(Model, "config.json"), $$"""
            {"model_type": "llama", "vocab_size": {{shape.VocabularySize}}, "hidden_size": {{shape.HiddenSize}}, "intermediate_size": {{shape.IntermediateSize}},
             "num_hidden_layers": {{shape.LayerCount}}, "num_attention_heads": {{shape.HeadCount}}, "num_key_value_heads": {{shape.KeyValueHeadCount}},
             "max_position_embeddings": {{shape.MaxPositions}}, "rms_norm_eps": 1e-6, "rope_theta": 10000, "hidden_act": "silu", "tie_word_embeddings": false}
            """);
        File.Copy(Path.Combine(Tests(), "Peft.Declarative.Tests", "Data", "tokenizers", "stories", "tokenizer.json"), Path.Combine(Model, "tokenizer.json"));
        File.WriteAllText(Path.Combine(Model, "tokenizer_config.json"), "{}");
        for (int i = 0; i < personas; i++)
        {
            var adapter = new Adapter(Name(i), config);
            AdapterWiring.Attach(model, adapter);
            model.Adapters.Adopt(adapter);
            adapter.Save(Path.Combine(Adapters, Name(i)));
            model.Adapters.Remove(Name(i));
        }
    }

    internal string Model => Path.Combine(_root, "base");

    internal string Adapters => Path.Combine(_root, "personas");

    internal static string Name(int index) => $"persona-{index}";

    /// <summary>Starts a server, and makes a client of it.</summary>
    internal async Task<(WebApplication App, HttpClient Http)> StartAsync(Action<PeftServerOptions>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddPeft(options =>
        {
            (options.Model, options.Adapters) = (Model, Adapters);
            configure?.Invoke(options);
        });
        WebApplication app = builder.Build();
        app.MapPeft();
        await app.StartAsync();
        return (app, new HttpClient
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            Timeout = TimeSpan.FromMinutes(10),
        });
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void SaveModel(LlamaForCausalLM model)
    {
        using IDisposable untracked = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        model.get_parameter("lm_head.weight")!.narrow(0, 0, FirstText).zero_();
        model.SaveModel(Model);
    }

    private static string Tests([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
