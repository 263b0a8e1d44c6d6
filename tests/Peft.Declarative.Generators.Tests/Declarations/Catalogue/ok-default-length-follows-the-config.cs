// expect: none
// config: gpt2-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[PrefixTuning(4)] [BaseConfig("configs/gpt2-tiny.json")]
public sealed partial class Persona : Gpt2ForCausalLM;
