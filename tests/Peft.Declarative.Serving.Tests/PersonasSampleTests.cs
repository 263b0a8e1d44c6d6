using System.Reflection;
using FirstAdapter.World;
using ManyPersonas;
using ManyPersonas.Voices;
using TorchSharp;
using static TorchSharp.torch;
using Twelve = ManyPersonas.Personas;

namespace Peft.Declarative.Serving.Tests;

/// <summary>The sample that trains twelve personas in one run, with a batch of one row of each.</summary>
public sealed class PersonasSampleTests
{
    private static readonly string Base = Path.Combine(
        typeof(PersonasSampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == "RepositoryRoot").Value!,
        "samples", "01-first-adapter", "base");

    [Fact]
    public void School_OnARowOfEachPersona_TeachesAllOfThemAndSavesThem()
    {
        string folder = Path.Combine(Directory.CreateTempSubdirectory("peft-sample-").FullName, "personas");
        string[] names = [.. MoreVoices.All.Select(voice => voice.Name)];
        using Twelve model = Twelve.FromPretrained(Base);
        List<TrainingRow> rows = School.Rows(Tokenizer.Load(Base));
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor[]> before = names.ToDictionary(name => name, name => Values(model, name));

        model.ChangePlan = plan => plan with { Epochs = 2, BatchSize = names.Length, WarmupSteps = 0 };
        TrainingResult result = model.Train(TrainingData.FromRows(names.Select(name => rows.First(row => row.Adapter == name))));
        School.Save(model, folder);

        Assert.Equal(names.Order(), rows.Select(row => row.Adapter).Distinct().Order());
        Assert.True(result.Losses[1] < result.Losses[0], $"{result.Losses[0]} → {result.Losses[1]}");
        Assert.All(names, name => Assert.Contains(before[name].Zip(Values(model, name)), pair => !pair.First.equal(pair.Second).all().item<bool>()));
        using Twelve fresh = Twelve.FromPretrained(Base);
        using IDisposable untracked = no_grad();
        Assert.All(names, name =>
        {
            fresh.Adapters.Load(Path.Combine(folder, name), name);
            Assert.Equal(Values(model, name).Length, Values(fresh, name).Length);
        });
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    [Fact]
    public void Rows_OfEachPersona_SayFactsInItsVoice()
    {
        Tokenizer tokenizer = Tokenizer.Load(Base);
        List<TrainingRow> rows = School.Rows(tokenizer);

        Assert.All(MoreVoices.All, voice =>
        {
            HashSet<string> said = [.. Isles.Facts.Select(voice.Say)];
            Assert.All(rows.Where(row => row.Adapter == voice.Name), row => Assert.Contains(Answer(tokenizer, row), said));
        });
    }

    private static string Answer(Tokenizer tokenizer, TrainingRow row) =>
        tokenizer.Decode([.. row.Labels.Where(label => label != TrainingRow.Ignored)], skipSpecialTokens: true).Trim();

    private static Tensor[] Values(Twelve model, string name) => [.. model.Adapters[name].Tensors.Select(tensor => tensor.Value.detach().clone())];
}
