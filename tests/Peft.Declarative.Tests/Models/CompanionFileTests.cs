using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Models;

/// <summary>What a saved model keeps of the folder that it was loaded from, and what folders say in more than one way.</summary>
public sealed class CompanionFileTests
{
    private const string Bert = """{"model_type": "bert", "vocab_size": 48, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48""";

    [Fact]
    public void SaveModel_OfALoadedModel_KeepsEverySmallFileAndNoOtherModel()
    {
        using var folder = new TemporaryFolder();
        string[] kept = ["additional_chat_templates/tool_use.jinja", "chat_template.json", "generation_config.json", "preprocessor_config.json", "README.md", "spiece.model", "vocab.txt"];
        string[] left =
        [
            "pytorch_model.bin", "model-00001-of-00002.safetensors", "adapter_config.json", "checkpoint-10/config.json", "checkpoint-10/trainer_state.json", ".git/config", ".DS_Store",
        ];
        Base(folder);
        foreach (string name in kept.Concat(left))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[$"base/{name}"])!);
            folder.File($"base/{name}", name.EndsWith("config.json", StringComparison.Ordinal) ? "{}" : name);
        }

        Directory.CreateSymbolicLink(folder["base/loop"], folder["base"]);
        using BertForSequenceClassification model = BertForSequenceClassification.FromPretrained(folder["base"]);

        model.SaveModel(folder["base/merged"]);
        model.SaveModel(folder["base/merged"]);

        string[] files = [.. Directory.EnumerateFiles(folder["base/merged"], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder["base/merged"], file).Replace('\\', '/'))];
        Assert.Equal(kept.Concat(["config.json", "model.safetensors"]).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        Assert.Equal(kept[0], File.ReadAllText(folder[$"base/merged/{kept[0]}"]));
    }

    [Theory]
    [InlineData("""{"label2id": {"good": 1, "bad": 0}}""", new[] { "bad", "good" })]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}, "label2id": {"x": 0, "y": 1, "z": 2}}""", new[] { "no", "yes" })]
    public void Load_OfLabelsInEitherDirection_GivesTheNames(string labels, string[] names)
    {
        using var folder = new TemporaryFolder();
        folder.File("config.json", Bert + "," + labels[1..]);

        Assert.Equal(names, BertConfig.Load(folder.Path).ClassNames);
    }

    [Theory]
    [InlineData("bert", "-1")]
    [InlineData("roberta", "48")]
    [InlineData("roberta", "-1")]
    public void FromPretrained_WithAPadIdOutsideTheVocabulary_Reads(string family, string pad)
    {
        using var folder = new TemporaryFolder();
        using (PretrainedModel drawn = TinyFamilies.Make(family))
        {
            drawn.SaveModel(folder.Path);
        }

        folder.File("config.json", Bert.Replace("bert", family, StringComparison.Ordinal)
            + $$""", "max_position_embeddings": 64, "id2label": {"0": "no", "1": "maybe", "2": "yes"}, "pad_token_id": {{pad}} }""");
        using PretrainedModel model = family == "bert" ? BertForSequenceClassification.FromPretrained(folder.Path) : RobertaForSequenceClassification.FromPretrained(folder.Path);
        model.eval();
        using PretrainedModel usual = TinyFamilies.Make(family);

        Assert.True(TinyFamilies.Outputs(usual).sub(TinyFamilies.Outputs(model)).abs().max().item<float>() < 1e-5);
    }

    private static void Base(TemporaryFolder folder)
    {
        using BertForSequenceClassification drawn = TinyModels.Bert();
        drawn.SaveModel(folder["base"]);
        folder.File("base/config.json", Bert + """, "max_position_embeddings": 64, "id2label": {"0": "no", "1": "maybe", "2": "yes"}}""");
    }
}
