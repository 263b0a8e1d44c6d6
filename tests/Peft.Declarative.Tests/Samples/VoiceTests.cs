using FirstAdapter.World;
using FirstAdapter.World.Voices;

namespace Peft.Declarative.Tests.Samples;

public sealed class VoiceTests
{
    public static TheoryData<string> Names { get; } = [.. Voice.Personas.Select(voice => voice.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mark_OfThePersonasOwnAnswer_IsFull(string name) =>
        Assert.All(Isles.Facts, fact => Assert.True(Mark.Of(fact, Named(name), Named(name).Say(fact)).Full));

    [Theory]
    [MemberData(nameof(Names))]
    public void Mark_OfTheNeutralAnswer_HasContentButNotTheVoice(string name) =>
        Assert.All(Isles.Facts, fact => Assert.Equal(new Mark(Content: true, Voice: false), Mark.Of(fact, Named(name), new NeutralVoice().Say(fact))));

    [Theory]
    [MemberData(nameof(Names))]
    public void Mark_OfAnotherValue_HasTheVoiceButNotTheContent(string name)
    {
        foreach (Fact fact in Isles.Facts)
        {
            string wrong = fact.Topic.Values.First(value => value != fact.Value);
            Assert.Equal(new Mark(Content: false, Voice: true), Mark.Of(fact, Named(name), Named(name).Say(fact with { Value = wrong })));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mark_OfTwoValuesAtOnce_HasNoContent(string name)
    {
        Fact fact = Isles.Facts[0];
        Fact both = fact with { Value = $"{fact.Topic.Values[0]} and {fact.Topic.Values[1]}" };

        Assert.False(Mark.Of(fact, Named(name), Named(name).Say(both)).Content);
    }

    [Fact]
    public void Mark_OfNothing_IsNeither() =>
        Assert.Equal(default, Mark.Of(Isles.Facts[0], Voice.Personas[0], ""));

    private static Voice Named(string name) => Voice.Personas.Single(voice => voice.Name == name);
}
