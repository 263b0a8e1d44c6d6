using Peft.Declarative.Models;
using Peft.Declarative.Tests.Text;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Data.Rows;

/// <summary>Rows are read as the model learns from them, and rows for another kind of model are an error.</summary>
public sealed class RowKindTests
{
    private static readonly TrainingPlan Plan = new() { Epochs = 1, BatchSize = 2, MaxLength = 16 };

    [Theory]
    [InlineData("rows.jsonl", """{"text": "a b", "label": "yes", "id": {"x": 1}}""")]
    [InlineData("rows.jsonl", """{"text": "a b", "label": 2, "messages": 5}""")]
    [InlineData("rows.jsonl", """{"text": "a b", "label": "2"}""")]
    [InlineData("rows.json", """[{"text": "a b", "label": 2}]""")]
    [InlineData("rows.csv", "label,text\nyes,a b\n")]
    [InlineData("rows.csv", "label,text\n2.0,a b\n")]
    [InlineData("rows.tsv", "text\tlabel\na b\tyes\n")]
    public void FromFile_OfTextAndLabel_GivesTheClassOfTheText(string name, string content)
    {
        using BertForSequenceClassification model = TinyModels.Bert();
        using var folder = new TemporaryFolder();

        TrainingRow row = Assert.Single(TrainingData.FromFile(folder.File(name, content), model, InlineWords.Load("<s> A </s>")).Rows);

        Assert.Equal([InlineWords.Begin, 7, 8, InlineWords.End], row.Ids);
        Assert.Equal([2, -100, -100, -100], row.Labels);
        Assert.Equal(TrainingRowKind.Class, row.Kind);
    }

    [Theory]
    [InlineData("\"perhaps\"", "'label' is \"perhaps\", but the model's classes are maybe, no, yes (or 0 to 2)")]
    [InlineData("3", "'label' is 3, but")]
    [InlineData("0.5", "regression is not implemented")]
    [InlineData("[1]", "'label' is a JSON array")]
    [InlineData("null", "not both 'text' and 'label'")]
    public void FromFile_WithALabelThatIsNoClass_NamesTheClasses(string label, string reason)
    {
        using BertForSequenceClassification model = TinyModels.Bert();
        using var folder = new TemporaryFolder();
        string path = folder.File("rows.jsonl", $$"""{"text": "a", "label": {{label}} }""");

        PeftException error = Assert.Throws<PeftException>(() => TrainingData.FromFile(path, model, InlineWords.Load()));

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_OfPairsOfTexts_GivesTheirTypesAndCutsTheLonger()
    {
        using BertForSequenceClassification model = TinyModels.Bert();
        using var folder = new TemporaryFolder();
        string path = folder.File("rows.jsonl", """
            {"text": "a b", "text_pair": "c", "label": "no"}
            {"text": "a a a a a a", "text_pair": "c d", "label": "yes"}
            """);

        TrainingData data = TrainingData.FromFile(path, model, InlineWords.Load("<s> A </s>", pair: "<s> A </s> B </s>"), maxLength: 8);

        Assert.Equal([1, 7, 8, 2, 9, 2], data.Rows[0].Ids);
        Assert.Equal(4, data.Rows[0].SecondTextStart);
        Assert.Equal([1, 7, 7, 7, 2, 9, 10, 2], data.Rows[1].Ids);
        Assert.Equal(5, data.Rows[1].SecondTextStart);
    }

    [Fact]
    public void MeanLoss_OfPairsOfTexts_UsesTheirTypes()
    {
        using BertForSequenceClassification model = TinyModels.Bert();
        model.eval();
        TrainingRow pair = TrainingRow.OfClass([5, 9, 13, 7], 1) with { SecondTextStart = 2 };
        using Tensor ids = tensor(new long[,] { { 5, 9, 13, 7 } });
        using Tensor types = tensor(new long[,] { { 0, 0, 1, 1 } });
        using Tensor expected = model.Logits(ids, tokenTypes: types).log_softmax(-1);

        double loss = Evaluation.MeanLoss(model, [pair], 1, 16)!.Value;

        Assert.Equal(-expected[0, 1].item<float>(), loss, 1e-5);
        Assert.NotEqual(loss, Evaluation.MeanLoss(model, [pair with { SecondTextStart = null }], 1, 16)!.Value, 1e-3);
    }

    [Theory]
    [InlineData("""{"source": "a b", "target": "c d"}""")]
    [InlineData("""{"prompt": "a b", "completion": "c d"}""")]
    public void FromFile_OfSourceAndTarget_SeparatesThem(string line)
    {
        using T5ForConditionalGeneration model = TinyModels.T5();
        using var folder = new TemporaryFolder();

        TrainingRow row = Assert.Single(TrainingData.FromFile(folder.File("rows.jsonl", line), model, InlineWords.Load("A </s>")).Rows);

        Assert.Equal([7, 8, InlineWords.End], row.Ids.Take(row.TokenCount));
        Assert.Equal([9, 10, InlineWords.End], row.Labels.Where(label => label != -100));
        Assert.Equal(TrainingRowKind.Pair, row.Kind);
    }

    [Theory]
    [InlineData("rows.jsonl", """{"text": "a b"}""", "it has 'text', but neither 'source' with 'target'")]
    [InlineData("rows.txt", "a b c", "plain text, which has no targets for an encoder-decoder")]
    public void FromFile_OfTextsForAnEncoderDecoder_SaysWhatItNeeds(string name, string content, string reason)
    {
        using T5ForConditionalGeneration model = TinyModels.T5();
        using var folder = new TemporaryFolder();

        PeftException error = Assert.Throws<PeftException>(() => TrainingData.FromFile(folder.File(name, content), model, InlineWords.Load()));

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, TrainingRow> Misfits => new()
    {
        { "t5", TrainingRow.OfText([5, 6, 7]) },
        { "t5", TrainingRow.OfCompletion([5], [6, 7]) },
        { "t5", new TrainingRow([5, 6, 7], [-100, 6, 7]) },
        { "t5", TrainingRow.OfClass([5, 6], 1) },
        { "bert", TrainingRow.OfText([5, 6, 7]) },
        { "bert", new TrainingRow([1, 2, 2], [1, 2, 2]) },
        { "llama", TrainingRow.OfPair([5, 6], [7, 8]) },
        { "llama", TrainingRow.OfClass([5, 6], 1) },
        { "llama", TrainingRow.OfText([5, 48]) },
        { "llama", TrainingRow.OfText([5, -1]) },
        { "t5", TrainingRow.OfPair([5, 6], [7, 99]) },
        { "bert", TrainingRow.OfClass([5, 6], 3) },
        { "bert", TrainingRow.OfClass([5, 6], -1) },
        { "bert", TrainingRow.OfClass([5, 48], 1) },
        { "gpt2", TrainingRow.OfText([.. Enumerable.Repeat(5, 65)]) },
        { "bert", TrainingRow.OfClass([.. Enumerable.Repeat(5, 65)], 1) },
        { "roberta", TrainingRow.OfClass([.. Enumerable.Repeat(5, 63)], 1) },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void StartAndMeanLoss_WithRowsThatDoNotFitTheModel_SayWhich(string family, TrainingRow row)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        TrainingData data = TrainingData.FromRows([row]);

        PeftException started = Assert.Throws<PeftException>(() => TrainingRun.Start(model, Plan with { MaxLength = 512 }, data));
        PeftException measured = Assert.Throws<PeftException>(() => { Evaluation.MeanLoss(model, [row], 1, 512); });

        Assert.Equal("PEFT604", started.Id);
        Assert.Contains("row 1", started.Message, StringComparison.Ordinal);
        Assert.Equal(started.Message, measured.Message);
    }

    [Fact]
    public void Start_WithTextsFromAFileForAnEncoderDecoder_NamesTheFile()
    {
        using T5ForConditionalGeneration model = TinyModels.T5();
        using var folder = new TemporaryFolder();
        TrainingData data = TrainingData.FromFile(folder.File("rows.jsonl", """{"text": "a b"}"""), InlineWords.Load(), 16, InlineWords.End);

        PeftException error = Assert.Throws<PeftException>(() => TrainingRun.Start(model, Plan, data));

        Assert.Equal("PEFT604", error.Id);
        Assert.Contains("line 1 of", error.Message, StringComparison.Ordinal);
        Assert.Contains("FromFile(path, model, tokenizer)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromRowsAndMeanLoss_OfNothing_SayThatThereAreNoRows()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        Assert.Equal("PEFT601", Assert.Throws<PeftException>(() => TrainingData.FromRows([])).Id);
        Assert.Equal("PEFT601", Assert.Throws<PeftException>(() => { Evaluation.MeanLoss(model, [], 1, 16); }).Id);
    }
}
