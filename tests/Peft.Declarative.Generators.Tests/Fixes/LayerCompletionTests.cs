using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.CodeFixes.Completion;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Fixes;

/// <summary>What an editor offers inside of the texts of a declaration; <c>$$</c> is where the caret is.</summary>
public class LayerCompletionTests
{
    private const string Persona = "public sealed partial class Persona : LlamaForCausalLM;";

    [Fact]
    public async Task Targets_OfAFamilyWithConfig_AreItsLayersWithShapeAndCount()
    {
        IReadOnlyList<CompletionItem> items = await Offer($"[Lora(rank: 8, Targets = [\"$$\"])] [BaseConfig(\"models/llama-3.2-1b/config.json\")] {Persona}");

        Assert.Equal("2048→512 · 16 layers", items.Single(item => item.DisplayText == "k_proj").InlineDescription);
        Assert.Equal(
            ["embed_tokens", "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
            items.OrderBy(item => item.SortText, StringComparer.Ordinal).Select(item => item.DisplayText).Where(name => name.Contains("proj") || name.StartsWith("embed", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[Lora(rank: 8, Targets = [\"q_proj\", \"v$$\"])]", "v_proj")]
    [InlineData("[Lora(rank: 8, Exclude = [\"$$\"])]", "lm_head")]
    [InlineData("[Lora(rank: 8, ModulesToSave = new[] { \"$$\" })]", "lm_head")]
    [InlineData("[Lora(rank: 8, RankPattern = [\"$$\"])]", "q_proj=")]
    [InlineData("[Bottleneck(Targets = [\"$$\"])]", "mlp")]
    [InlineData("[Lora(rank: 8)] [BaseConfig(\"$$\")]", "models/llama-3.2-1b/config.json")]
    public async Task Text_OfADeclaration_OffersNames(string attributes, string expected) =>
        Assert.Contains(expected, (await Offer($"{attributes} {Persona}")).Select(item => item.DisplayText));

    [Fact]
    public async Task Targets_OfAnOwnModel_AreItsMembers()
    {
        IReadOnlyList<CompletionItem> items = await Offer(
            "[Lora(rank: 4, Targets = [\"$$\"])] public sealed partial class Tiny() : Module<Tensor, Tensor>(\"tiny\") { private Module<Tensor, Tensor> query = Linear(64, 32); public override Tensor forward(Tensor x) => query.call(x); }");

        CompletionItem item = Assert.Single(items);
        Assert.Equal(("query", "64→32"), (item.DisplayText, item.InlineDescription));
    }

    [Theory]
    [InlineData("[Lora(rank: 8, Name = \"$$\")]")]
    [InlineData("[System.Obsolete(\"$$\")]")]
    public async Task OtherTexts_OffersNothing(string attributes) => Assert.Empty(await Offer($"{attributes} {Persona}"));

    [Fact]
    public async Task Item_Chosen_ReplacesTheTextBetweenTheQuotes()
    {
        (Document document, int position) = Open($"[Lora(rank: 8, Targets = [\"qp$$\"])] {Persona}");
        var service = CompletionService.GetService(document)!;
        CompletionItem item = (await Provided(service, document, position)).Single(item => item.DisplayText == "q_proj");

        CompletionChange change = await service.GetChangeAsync(document, item);

        Assert.Contains("Targets = [\"q_proj\"]", (await document.GetTextAsync()).WithChanges(change.TextChange).ToString());
    }

    private static async Task<IReadOnlyList<CompletionItem>> Offer(string marked)
    {
        (Document document, int position) = Open(marked);
        return await Provided(CompletionService.GetService(document)!, document, position);
    }

    private static async Task<IReadOnlyList<CompletionItem>> Provided(CompletionService service, Document document, int position)
    {
        CompletionList list = await service.GetCompletionsAsync(document, position);
        return [.. list.ItemsList.Where(item => item.Tags.SequenceEqual(["Field"]) && item.SortText is { Length: 4 })];
    }

    private static (Document Document, int Position) Open(string marked)
    {
        const string Usings = "using Peft.Declarative; using Peft.Declarative.Models; using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";
        string source = Usings + marked;
        int position = source.IndexOf("$$", StringComparison.Ordinal);
        var workspace = new AdhocWorkspace(MefHostServices.Create(MefHostServices.DefaultAssemblies.Add(typeof(LayerCompletionProvider).Assembly)));
        Project project = workspace.AddProject("User", LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .WithMetadataReferences(References.All);
        project = project.AddAdditionalDocument("config.json", SourceText.From(Configs.Llama1B.Text), filePath: Configs.Llama1B.Path).Project;
        return (project.AddDocument("Persona.cs", SourceText.From(source.Replace("$$", "")), filePath: "/project/Persona.cs"), position);
    }
}
