namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>Arrows between the folders of src run one way, and a namespace is a folder.</summary>
public class RoomsTests
{
    [Fact]
    public void Folder_OfSrc_NamesEarlierRoomsOnly()
    {
        string[] upward = [.. new Rooms(Repository.Sources("src")).Upward().Distinct()];

        Assert.True(upward.Length == 0, string.Join('\n', upward));
    }

    [Fact]
    public void Folder_ThatNamesALaterRoom_IsFound()
    {
        (string, string)[] broken =
        [
            ("Peft.Declarative/Training/TrainingRun.cs", "namespace Peft.Declarative.Training; public sealed class TrainingRun;"),
            ("Peft.Declarative/Layers/Broken.cs", "namespace Peft.Declarative.Layers; internal sealed class Broken { internal Peft.Declarative.Training.TrainingRun? Run; }"),
        ];

        Assert.Equal(["Peft.Declarative/Layers/Broken.cs names TrainingRun of Peft.Declarative/Training"], new Rooms(broken).Upward());
    }

    [Fact]
    public void File_OfSrc_IsInARoom() => Assert.Empty(Repository.Sources("src").Select(source => source.Path).Where(path => Rooms.Rank(path) < 0));

    [Fact]
    public void Namespace_OfAFile_IsItsFolder() => Assert.Empty(Repository.Sources("src").Select(Misplaced).OfType<string>());

    [Fact]
    public void Namespace_OfAnotherFolder_IsFound() => Assert.Equal(
        "Peft.Declarative/Layers/Linear.cs is in the namespace Peft.Declarative.Slots",
        Misplaced(("Peft.Declarative/Layers/Linear.cs", "namespace Peft.Declarative.Slots;")));

    // What users write is in the public root, and all families are one namespace, whatever folder they are in.
    private static string? Misplaced((string Path, string Text) source)
    {
        string declared = source.Text.Split('\n').FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';', '\r', ' ') ?? "";
        string folder = Path.GetDirectoryName(source.Path)!.Replace(Path.DirectorySeparatorChar, '/').Replace('/', '.');
        string family = "Peft.Declarative.Models";
        return declared is "" or "Peft.Declarative" || declared == folder || (declared == family && folder.StartsWith(family, StringComparison.Ordinal))
            ? null
            : $"{source.Path} is in the namespace {declared}";
    }
}
