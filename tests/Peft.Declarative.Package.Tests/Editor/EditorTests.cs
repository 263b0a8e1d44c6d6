using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.QuickInfo;

namespace Peft.Declarative.Package.Tests.Editor;

/// <summary>What an editor shows in a project that has nothing but the packages.</summary>
[Collection(PackedFeed.Collection)]
public sealed class EditorTests(OpenProject editor) : IClassFixture<OpenProject>
{
    private const string Config = """[BaseConfig("models/tiny/config.json")]""";

    public static TheoryData<string> Situations => [.. FixSituation.All.Select(situation => situation.Fix)];

    [Fact]
    public async Task Targets_WhileTyping_OffersTheLayersWithShapeAndCount()
    {
        (Document document, int caret) = editor.Open($"[Lora(rank: 2, Targets = [\"$$\"])] {Config} public sealed partial class Persona : LlamaForCausalLM;");
        CompletionService service = CompletionService.GetService(document)!;

        CompletionList offered = await service.GetCompletionsAsync(document, caret);

        CompletionItem keys = offered.ItemsList.Single(item => item.DisplayText == "k_proj");
        Assert.Equal("64→32 · 2 layers", keys.InlineDescription);
        CompletionChange change = await service.GetChangeAsync(document, keys);
        Assert.Contains("[\"k_proj\"]", (await document.GetTextAsync()).WithChanges(change.TextChange).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hover_OverTheAdapter_TellsItsLayersAndCount()
    {
        string text = await Hover("public sealed partial class Persona : LlamaForCausalLM { public object Adapter => Lo$$ra; }");

        Assert.Contains("q_proj", text, StringComparison.Ordinal);
        Assert.Contains("512 parameters", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public sealed partial class Per$$sona : LlamaForCausalLM;")]
    [InlineData("public sealed partial class Persona : LlamaForCausalLM; public static class Use { public static Per$$sona? Last; }")]
    public async Task Hover_OverTheClass_ShowsTheTable(string source)
    {
        string text = await Hover(source);

        Assert.Contains("q_proj   2 of 2 layers   64 → 64   A [2, 64]   B [64, 2]   512", text, StringComparison.Ordinal);
        Assert.Contains("scaling 2 / 2 = 1", text, StringComparison.Ordinal);
        Assert.Contains("trainable 512 of ", text, StringComparison.Ordinal);
        Assert.Matches("memory of a step of 8 × 1,024 tokens .* weights .* adapters .* gradients .* optimizer .* activations .* logits", text);
    }

    [Fact]
    public async Task Mistake_InTargets_IsReportedAtTheWord()
    {
        (Document document, _) = editor.Open($"[Lora(rank: 2, Targets = [\"q_porj\"])] {Config} public sealed partial class Persona : LlamaForCausalLM;");

        Diagnostic found = Assert.Single(await editor.Analyze(document.Project));

        Assert.Equal("PEFT101", found.Id);
        Assert.Equal("\"q_porj\"", (await document.GetTextAsync()).ToString(found.Location.SourceSpan));
    }

    private async Task<string> Hover(string source)
    {
        (Document document, int caret) = editor.Open($"[Lora(rank: 2, Targets = [\"q_proj\"])] {Config} {source}");
        QuickInfoItem? hover = await QuickInfoService.GetService(document)!.GetQuickInfoAsync(document, caret);
        return string.Join('\n', hover!.Sections.Select(section => section.Text));
    }

    [Fact]
    public void Fixes_OfThePackage_HaveASituationEach() => Assert.Equal(
        editor.Fixes.Select(fix => fix.GetType().Name).Order(),
        FixSituation.All.Select(situation => situation.Fix).Order());

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Fix_Applied_LeavesCodeThatCompilesWithoutTheDiagnostic(string name)
    {
        FixSituation situation = FixSituation.All.Single(situation => situation.Fix == name);
        (Document document, _) = editor.Open(situation.Source);
        CodeFixProvider fix = editor.Fixes.Single(fix => fix.GetType().Name == name);
        Diagnostic diagnostic = (await editor.Analyze(document.Project)).First(found => found.Id == situation.Id);
        Assert.Contains(situation.Id, fix.FixableDiagnosticIds);

        var offers = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (offer, _) => offers.Add(offer), CancellationToken.None));
        IEnumerable<CodeActionOperation> operations = await offers[0].GetOperationsAsync(CancellationToken.None);
        Project changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(document.Project.Id)!;

        Compilation compilation = (await changed.GetCompilationAsync())!;
        Assert.Empty(compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error));
        Assert.DoesNotContain(await editor.Analyze(changed), found => found.Id == situation.Id);
    }
}
