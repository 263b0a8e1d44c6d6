// expect: none
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[PrefixTuning(tokens: 400)] [Personas("captain", "pip", "prof")] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
