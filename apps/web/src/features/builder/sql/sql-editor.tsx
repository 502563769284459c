import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { PostgreSQL, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { styleNonce } from '../../../ui/style-nonce.ts'
import classes from './sql-drawer.module.css'

/** A failure, and where in the text: characters count from 0, lines and columns from 1. */
export interface SqlFailure {
  readonly message: string
  readonly place: { readonly position: number; readonly line: number; readonly column: number } | null
}

const highlighting = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--sql-keyword)', fontWeight: '500' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--sql-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--sql-number)' },
  { tag: tags.comment, color: 'var(--text-dim)', fontStyle: 'italic' },
  { tag: tags.typeName, color: 'var(--sql-type)' },
])

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-content': { fontFamily: 'var(--mantine-font-family-monospace)', caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-dim)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--panel-hover) 60%, transparent)' },
  '.cm-placeholder': { color: 'var(--text-dim)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent-text) 25%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow-float)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-wash)', color: 'var(--text)' },
})

/** A SQL editor that completes the names of the catalogue and marks where the warehouse stumbled. */
export function SqlEditor(props: {
  initialText: string
  label: string
  hint: string
  namespace: SQLNamespace
  failure: SqlFailure | null
  onChange: (text: string) => void
  onRun: () => void
}) {
  const parent = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const language = useRef(new Compartment())
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (!parent.current) return
    const { initialText, label, hint, namespace } = latest.current
    const editor = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: initialText,
        extensions: [
          Prec.highest(
            keymap.of([
              {
                key: 'Mod-Enter',
                run: () => {
                  latest.current.onRun()
                  return true
                },
              },
            ]),
          ),
          lineNumbers(),
          history(),
          drawSelection(),
          // The page's policy takes style elements only with this page's nonce.
          EditorView.cspNonce.of(styleNonce()),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          lintGutter(),
          EditorView.lineWrapping,
          placeholder(hint),
          syntaxHighlighting(highlighting),
          look,
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            // Escape, then Tab, still leaves the editor with the keyboard.
            indentWithTab,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
          language.current.of(sql({ dialect: PostgreSQL, schema: namespace, upperCaseKeywords: true })),
        ],
      }),
    })
    view.current = editor
    editor.focus()
    return () => {
      editor.destroy()
      view.current = null
    }
  }, [])

  useEffect(() => {
    view.current?.dispatch({
      effects: language.current.reconfigure(
        sql({ dialect: PostgreSQL, schema: props.namespace, upperCaseKeywords: true }),
      ),
    })
  }, [props.namespace])

  const { failure } = props
  useEffect(() => {
    const editor = view.current
    if (!editor) return
    if (!failure) {
      editor.dispatch(setDiagnostics(editor.state, []))
      return
    }
    const length = editor.state.doc.length
    const from = Math.max(0, Math.min(length, failure.place?.position ?? 0))
    const word = editor.state.wordAt(from)
    const to = failure.place === null ? from : Math.min(length, word?.to ?? from + 1)
    editor.dispatch(setDiagnostics(editor.state, [{ from, to, severity: 'error', message: failure.message }]))
    if (failure.place !== null) editor.dispatch({ selection: { anchor: from }, scrollIntoView: true })
  }, [failure])

  return <div ref={parent} className={classes.editor} />
}
