using System.Reflection;
using Peft.Declarative.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Serving.Tests;

/// <summary>A small model with a chat template, and adapters that answer differently, as directories.</summary>
internal sealed class PersonaFolder : IDisposable
{
    private const string Template =
        "{{ bos_token }}{% if tools %}tools: {{ tools | tojson }}\n{% endif %}{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";

    /// <summary>The tokens of a text that is longer than any test waits for.</summary>
    internal const int LongText = 16_000;

    private static readonly string Data = System.IO.Path.Combine(
        typeof(PersonaFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == "RepositoryRoot").Value!,
        "tests", "Peft.Declarative.Tests", "Data");

    internal PersonaFolder(params string[] personas)
    {
        Directory.CreateDirectory(Model);
        Directory.CreateDirectory(Adapters);
        string config = File.ReadAllText(System.IO.Path.Combine(Data, "fixtures", "models", "llama", "config.json"));
        File.WriteAllText(System.IO.Path.Combine(Model, "config.json"), config.Replace("\"vocab_size\": 96", "\"vocab_size\": 512", StringComparison.Ordinal)
            .Replace("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 512", StringComparison.Ordinal));
        File.Copy(System.IO.Path.Combine(Data, "tokenizers", "stories", "tokenizer.json"), System.IO.Path.Combine(Model, "tokenizer.json"));
        File.WriteAllText(System.IO.Path.Combine(Model, "tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": "</s>"}""");
        File.WriteAllText(System.IO.Path.Combine(Model, "chat_template.jinja"), Template);
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(Model), seed: 5);
        model.SaveModel(Model);
        foreach (string persona in personas)
        {
            Save(model, persona);
        }
    }

    internal string Root { get; } = Directory.CreateTempSubdirectory("peft-serving-").FullName;

    internal string Model => System.IO.Path.Combine(Root, "tiny-llama");

    internal string Adapters => System.IO.Path.Combine(Root, "personas");

    internal string this[string persona] => System.IO.Path.Combine(Adapters, persona);

    /// <summary>Writes one more adapter, or another one under the same name.</summary>
    /// <param name="persona">Its name.</param>
    /// <param name="seed">Draws its weights.</param>
    /// <param name="model">The directory of the base on which it is trained; <see langword="null"/> for the one that is served.</param>
    /// <param name="config">The config; <see langword="null"/> for a LoRA.</param>
    internal void Add(string persona, int seed = 1, string? model = null, AdapterConfig? config = null)
    {
        using LlamaForCausalLM loaded = LlamaForCausalLM.FromPretrained(model ?? Model);
        Save(loaded, persona, seed, config);
    }

    /// <summary>Writes another base with the same tokenizer.</summary>
    /// <param name="seed">Draws its weights.</param>
    /// <param name="width">The features within its feed-forward layers.</param>
    /// <returns>Its directory.</returns>
    internal string OtherModel(int seed, int width = 64)
    {
        string directory = Directory.CreateDirectory(System.IO.Path.Combine(Root, FormattableString.Invariant($"other-{seed}-{width}"))).FullName;
        foreach (string file in Directory.EnumerateFiles(Model).Where(file => System.IO.Path.GetExtension(file) != ".safetensors"))
        {
            File.Copy(file, System.IO.Path.Combine(directory, System.IO.Path.GetFileName(file)));
        }

        string config = System.IO.Path.Combine(directory, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"intermediate_size\": 64", FormattableString.Invariant($"\"intermediate_size\": {width}"), StringComparison.Ordinal));
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(directory), seed: seed);
        model.SaveModel(directory);
        return directory;
    }

    /// <summary>What a persona answers to one message, computed by the library itself on a model of its own.</summary>
    internal string Expected(string? persona, string message, int tokens) => Expected(persona, message, new GenerationOptions { MaxNewTokens = tokens });

    /// <summary>The same with other options.</summary>
    internal string Expected(string? persona, string message, GenerationOptions options)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(Model);
        if (persona is not null)
        {
            model.LoadAdapter(this[persona], persona);
        }

        Tokenizer tokenizer = Tokenizer.Load(Model);
        IReadOnlyList<int> prompt = ChatFormat.For(tokenizer).EncodePrompt([new System.Text.Json.Nodes.JsonObject { ["role"] = "user", ["content"] = message }]);
        string text = "";
        new TextGenerator(model, tokenizer).Stream(prompt, piece => text += piece, options);
        return text;
    }

    /// <summary>Has the model write characters only, and never end. The drawn one would write bytes that are none. Log-probabilities are those before this rule.</summary>
    internal void OnlyText() => File.WriteAllText(
        System.IO.Path.Combine(Model, "generation_config.json"), $$"""{"suppress_tokens": [{{string.Join(',', Enumerable.Range(0, 259))}}]}""");

    /// <summary>The same, with room for texts that are longer than any test waits for.</summary>
    internal void LongTexts()
    {
        OnlyText();
        string config = System.IO.Path.Combine(Model, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace(
            "\"max_position_embeddings\": 512", FormattableString.Invariant($"\"max_position_embeddings\": {LongText + 512}"), StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void Save(LlamaForCausalLM model, string persona, int seed = 1, AdapterConfig? config = null)
    {
        var adapter = new Adapter(persona, config ?? new LoraConfig { Rank = 2, Targets = ["q_proj", "v_proj", "down_proj"] });
        model.Adapters.Attach(adapter);
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        manual_seed(persona.Sum(letter => letter) + seed);
        foreach (var tensor in adapter.Tensors)
        {
            tensor.Value.copy_(randn_like(tensor.Value));
        }

        adapter.Save(this[persona]);
        model.Adapters.Remove(persona);
    }
}
