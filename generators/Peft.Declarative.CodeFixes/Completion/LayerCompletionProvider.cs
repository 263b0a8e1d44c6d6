using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Tags;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.CodeFixes.Completion;

/// <summary>Offers the names of the model's layers, with their shapes and how many there are, inside of the texts that select layers, and configs inside of [BaseConfig].</summary>
[ExportCompletionProvider(nameof(LayerCompletionProvider), LanguageNames.CSharp)]
[Shared]
public sealed class LayerCompletionProvider : CompletionProvider
{
    private static readonly HashSet<string> OfNames = ["Targets", "Exclude", "ModulesToSave", "FeedForward"];
    private static readonly HashSet<string> OfEntries = ["RankPattern", "AlphaPattern"];

    /// <inheritdoc/>
    public override bool ShouldTriggerCompletion(SourceText text, int caretPosition, CompletionTrigger trigger, OptionSet options) => trigger.Kind switch
    {
        CompletionTriggerKind.Invoke => true,
        CompletionTriggerKind.Insertion => trigger.Character is '"' or '_' or '.' || char.IsLetterOrDigit(trigger.Character),
        _ => false,
    };

    /// <inheritdoc/>
    public override async Task ProvideCompletionsAsync(CompletionContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || context.Position == 0) return;

        SyntaxToken text = root.FindToken(context.Position - 1);
        if (!text.IsKind(SyntaxKind.StringLiteralToken) || context.Position <= text.SpanStart) return;
        if (text.Parent?.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { Parent.Parent: AttributeSyntax attribute } argument) return;

        SemanticModel? semantics = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (semantics?.GetTypeInfo(attribute, context.CancellationToken).Type is not INamedTypeSymbol type || !type.IsOfTheLibrary()) return;

        bool isClosed = text.Text.Length > 1 && text.Text[text.Text.Length - 1] == '"';
        int start = text.SpanStart + text.Text.IndexOf('"') + 1;
        context.CompletionListSpan = TextSpan.FromBounds(Math.Min(start, context.Position), Math.Max(isClosed ? text.Span.End - 1 : text.Span.End, context.Position));
        int place = 0;
        foreach (LayerRow row in await RowsAsync(context, argument, attribute, type, semantics).ConfigureAwait(false))
        {
            // In the order of the model, which is the one that people think in.
            string order = (place++).ToString("D4", System.Globalization.CultureInfo.InvariantCulture);
            context.AddItem(CompletionItem.Create(row.Name, sortText: order, tags: [WellKnownTags.Field], inlineDescription: row.Detail));
        }
    }

    private static async Task<IEnumerable<LayerRow>> RowsAsync(CompletionContext context, AttributeArgumentSyntax argument, AttributeSyntax attribute, INamedTypeSymbol type, SemanticModel semantics)
    {
        Project project = context.Document.Project;
        string folder = ProjectFolder.Of(project.AnalyzerOptions.AnalyzerConfigOptionsProvider);
        if (type.Name == "BaseConfigAttribute") return Configs(project, folder, context.Document.FilePath ?? "");

        string name = argument.NameEquals?.Name.Identifier.ValueText ?? "";
        if (attribute.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration || semantics.GetDeclaredSymbol(declaration, context.CancellationToken) is not { } model) return [];
        if (name == "Targets" && !type.BaseTypesAndSelf().Any(t => t.Name == nameof(LayerAdapterAttribute))) return LayerRows.Sublayers(model, semantics.Compilation, context.CancellationToken);
        if (!OfNames.Contains(name) && !OfEntries.Contains(name)) return [];

        var configs = new List<ConfigFile>();
        foreach (TextDocument file in project.AdditionalDocuments.Where(file => file.FilePath?.EndsWith("config.json", StringComparison.OrdinalIgnoreCase) == true))
        {
            configs.Add(ConfigFileReader.Read(file.FilePath!, (await file.GetTextAsync(context.CancellationToken).ConfigureAwait(false)).ToString()));
        }

        IEnumerable<LayerRow> rows = LayerRows.Layers(model, semantics.Compilation, configs, folder, context.CancellationToken);
        return OfEntries.Contains(name) ? rows.Select(row => row with { Name = row.Name + "=" }) : rows;
    }

    /// <summary>The project's configs, by the paths that an attribute in this file may name them.</summary>
    private static IEnumerable<LayerRow> Configs(Project project, string folder, string source)
    {
        string[] roots = [.. new[] { folder, source.Replace('\\', '/') is var path ? path.Substring(0, path.LastIndexOf('/') + 1) : "" }
            .Select(root => ConfigPath.Normalized(root).TrimEnd('/') + "/")
            .Where(root => root.Length > 1)];
        return project.AdditionalDocuments
            .Select(file => ConfigPath.Normalized(file.FilePath ?? file.Name))
            .Where(file => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            .Select(file => roots.FirstOrDefault(root => file.StartsWith(root, StringComparison.Ordinal)) is { } root ? file.Substring(root.Length) : file)
            .Select(file => new LayerRow(file, ""));
    }
}
